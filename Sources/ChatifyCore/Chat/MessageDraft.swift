/// A message as a client hands it in: where, and what.
///
/// Who says it comes from the client's identity; id, time and pod come from the pod that accepts it.
public struct MessageDraft: Sendable, Hashable {
    /// Where it is to be said.
    public var scope: ChatScope
    /// What is to be said; may be empty.
    public var text: String

    /// Makes a draft of its parts.
    public init(scope: ChatScope, text: String) {
        self.scope = scope
        self.text = text
    }
}
