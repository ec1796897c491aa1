/// A name that people or systems chose: 1–256 UTF-16 code units, not blank (contracts §1).
///
/// A value of a conforming type is always valid; there is no way to make another. Two are equal only if their UTF-8 bytes
/// are: to `String` texts are equal that Unicode calls canonically equivalent, such as `K` and the Kelvin sign, and then
/// one user could pass for another.
public protocol ChatIdentifier: RawRepresentable<String>, Sendable, Hashable, CustomStringConvertible {
    /// The wire name of the field, for error messages: `scopeId`, `senderId`, …
    static var fieldName: String { get }

    /// Wraps a name that was found valid; call ``init(rawValue:)`` or ``init(_:)`` instead.
    init(unchecked rawValue: String)
}

extension ChatIdentifier {
    /// Makes the identifier, or `nil` if `rawValue` is blank or has more than 256 UTF-16 code units.
    public init?(rawValue: String) {
        guard rawValue.isValidIdentifier else { return nil }
        self.init(unchecked: rawValue)
    }

    /// Makes the identifier from text that came from outside.
    /// - Throws: ``ChatError`` with code ``ChatError/Code/validation`` naming the field.
    public init(_ rawValue: String) throws(ChatError) {
        guard rawValue.isValidIdentifier else {
            throw ChatError(.validation, "\(Self.fieldName) must have 1 to 256 characters and not be blank.")
        }
        self.init(unchecked: rawValue)
    }

    /// The name itself.
    public var description: String { self.rawValue }
}

extension ChatIdentifier {
    /// Whether both have the same bytes.
    public static func == (lhs: Self, rhs: Self) -> Bool {
        lhs.rawValue.utf8.elementsEqual(rhs.rawValue.utf8)
    }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) {
        let wasContiguous: Void? = self.rawValue.utf8.withContiguousStorageIfAvailable {
            hasher.combine(bytes: UnsafeRawBufferPointer($0))
        }
        guard wasContiguous == nil else { return }
        for byte in self.rawValue.utf8 { hasher.combine(byte) }
    }
}

extension String {
    /// Whether the text has 1–256 UTF-16 code units, one of which is not white space.
    fileprivate var isValidIdentifier: Bool {
        // A UTF-8 sequence has at least as many bytes as the text has UTF-16 code units, and at most three times as
        // many, so most texts need no count of their code units.
        guard !self.isEmpty, self.utf8.count <= 256 || (self.utf8.count <= 768 && self.utf16.count <= 256) else {
            return false
        }
        return self.unicodeScalars.contains { !$0.properties.isWhitespace }
    }
}
