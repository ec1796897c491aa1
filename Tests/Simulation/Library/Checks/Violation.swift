/// A promise that a simulated world did not keep.
package struct Violation: Error, Hashable, Sendable, CustomStringConvertible {
    /// The promise's short name, the same for all worlds.
    package let invariant: String
    /// What was seen instead, with the virtual time.
    package let text: String

    /// The promise and what was seen.
    package var description: String { "\(self.invariant): \(self.text)" }
}
