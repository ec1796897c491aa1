import ChatifyEventLoop
import Testing

@Suite(.timeLimit(.minutes(5)))
struct LateJobTests {
    /// A loop that a task outlives is let go by that task's last job, while the job runs.
    @Test func `A late job may be the last to hold its loop`() async throws {
        for _ in 0..<50 {
            let (gates, gate) = AsyncStream<Void>.makeStream()
            let started = Events<Void>()
            let task = try await Self.outlive { loop in
                Task(executorPreference: loop) {
                    started.send(())
                    for await _ in gates {}
                    return loop.isCurrent
                }
            } afterStart: {
                try await started.next()
            }
            gate.finish()
            #expect(await task.value)
        }
    }

    private static func outlive(
        _ body: (EventLoop) -> Task<Bool, Never>,
        afterStart: () async throws -> Void
    ) async throws -> Task<Bool, Never> {
        let loop = try EventLoop(name: "late")
        let task = body(loop)
        try await afterStart()
        await loop.shutdown()
        return task
    }
}
