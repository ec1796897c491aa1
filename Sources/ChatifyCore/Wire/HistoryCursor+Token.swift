internal import ChatifyJSON

// The opaque text of a cursor, which a client hands back unchanged.

extension HistoryCursor {
    /// The cursor as opaque, URL-safe text for one scope.
    ///
    /// Base64url of version, time stamp, message id and a CRC-32 over those and the scope, so that a token that was
    /// tampered with, or belongs to another scope, is refused instead of naming a wrong page. No secret is in it.
    public func token(for scope: ChatScope) -> String {
        var bytes: [UInt8] = [Self.tokenVersion]
        bytes.append(bigEndian: UInt64(bitPattern: self.createdAt.millisecondsSinceEpoch))
        bytes.append(bigEndian: self.messageID.high)
        bytes.append(bigEndian: self.messageID.low)
        let checksum = CRC32.checksum(of: bytes + Array(scope.description.utf8))
        bytes.append(bigEndian: checksum)
        return String(decoding: Base64.encode(bytes, as: .urlSafe), as: UTF8.self)
    }

    /// Reads a token that ``token(for:)`` made for the same scope; `nil` for anything else.
    public init?(token: some StringProtocol, for scope: ChatScope) {
        guard token.utf8.count <= 64, let bytes = Base64.decode(urlSafe: token.utf8), bytes.count == Self.tokenSize,
            bytes[0] == Self.tokenVersion
        else { return nil }
        self.init(
            createdAt: Timestamp(millisecondsSinceEpoch: Int64(bitPattern: bytes.bigEndian(at: 1))),
            messageID: MessageID(high: bytes.bigEndian(at: 9), low: bytes.bigEndian(at: 17))
        )
        guard self.token(for: scope) == token else { return nil }
    }

    private static let tokenVersion: UInt8 = 1
    private static let tokenSize = 1 + 8 + 16 + 4
}

extension [UInt8] {
    fileprivate mutating func append(bigEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { self.append(contentsOf: $0) }
    }

    fileprivate func bigEndian(at index: Int) -> UInt64 {
        self[index..<index + 8].reduce(0) { $0 << 8 | UInt64($1) }
    }
}
