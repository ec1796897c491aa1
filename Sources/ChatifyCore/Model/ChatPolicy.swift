/// The limits a message must keep (contracts §1), as far as they are settings.
public struct ChatPolicy: Sendable, Hashable {
    /// The longest text, in UTF-16 code units as .NET and JavaScript clients count them; 4096 by default.
    public var maximumTextLength = 4096

    /// The limits of contracts §1.
    public init() {}

    /// Refuses a text that is too long.
    /// - Throws: ``ChatError`` with code ``ChatError/Code/validation``.
    public func validate(text: String) throws(ChatError) {
        // No text has more UTF-16 code units than UTF-8 bytes, so most need no count.
        guard text.utf8.count <= self.maximumTextLength || text.utf16.count <= self.maximumTextLength else {
            throw ChatError(.validation, "text must have at most \(self.maximumTextLength) characters.")
        }
    }
}
