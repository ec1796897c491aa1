/// Says where and why a JSON text was refused.
package struct JSONError: Error, Equatable, Sendable {
    /// The offset in bytes from the start of the text at which reading stopped.
    package var offset: Int
    /// What was wrong, in a few words without any of the text.
    package var reason: String

    /// Describes a refusal.
    package init(offset: Int, reason: String) {
        self.offset = offset
        self.reason = reason
    }
}
