@testable import ChatifySignalR

extension String {
    /// The text as records: `;` stands for the separator.
    var records: [UInt8] { self.utf8.map { $0 == UInt8(ascii: ";") ? 0x1E : $0 } }
}

/// The bytes as text in which `;` stands for the separator.
func text(_ bytes: [UInt8]?) -> String? {
    bytes.map { String(decoding: $0.map { $0 == 0x1E ? UInt8(ascii: ";") : $0 }, as: UTF8.self) }
}

extension ContinuousClock.Instant {
    /// An arbitrary point that the tests count from.
    static let start = ContinuousClock.now

    static func seconds(_ seconds: Double) -> Self { self.start + .seconds(seconds) }
}

/// The bytes that hexadecimal digits stand for; blanks between them mean nothing.
func bytes(hex: String) -> [UInt8] {
    let digits = hex.utf8.filter { $0 != UInt8(ascii: " ") }.map {
        UInt8(Character(Unicode.Scalar($0)).hexDigitValue ?? 0)
    }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}
