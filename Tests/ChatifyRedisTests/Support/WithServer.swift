import Testing

/// The tests that need a server, one after the other, so that those of time are not disturbed and the machine is not either.
@Suite(.serialized, .timeLimit(.minutes(5)))
enum WithServer {}
