/// What a client that resumes needs of a record that the hub sent in JSON.
enum PushedRecord: Equatable {
    /// A message somebody said: its number, and its place in the log.
    case event(number: Int, position: LogPlace)
    /// The answer to a join (`nil`) or to a resume.
    case completion(Resumed?)
    /// The answer to an invocation that failed.
    case failure
    case other

    /// What `ResumeScopeAsync` answers.
    struct Resumed: Equatable {
        var isRecovered: Bool
        var replayed: Int
    }

    init(_ payload: UnsafeRawBufferPointer) {
        // {"type":N,…
        guard payload.count > 8 else {
            self = .other
            return
        }
        switch payload[8] {
        case UInt8(ascii: "1"): self = Self.event(in: payload)
        case UInt8(ascii: "3"): self = Self.completion(in: String(decoding: payload, as: UTF8.self))
        default: self = .other
        }
    }

    private static func event(in payload: UnsafeRawBufferPointer) -> PushedRecord {
        guard case .delivery(let number) = Dialect.signalr.classify(payload) else { return .other }
        // …,"partition":0,"offset":42}]}
        var digits = TrailingNumbers(payload)
        let offset = digits.next()
        let partition = digits.next()
        return .event(number: number, position: LogPlace(partition: partition, offset: offset))
    }

    private static func completion(in text: String) -> PushedRecord {
        if text.contains("\"error\":") { return .failure }
        guard let marker = text.range(of: "\"replayed\":") else { return .completion(nil) }
        let replayed = Int(text[marker.upperBound...].prefix { $0.isNumber }) ?? 0
        return .completion(Resumed(isRecovered: text.contains("\"recovered\":true"), replayed: replayed))
    }
}

/// A place in the log.
struct LogPlace: Equatable {
    var partition: Int
    var offset: Int
}

/// The numbers in some bytes, the last first.
private struct TrailingNumbers {
    private let bytes: UnsafeRawBufferPointer
    private var index: Int

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        self.index = bytes.count
    }

    private var isAtDigit: Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= self.bytes[self.index - 1] }

    mutating func next() -> Int {
        while self.index > 0, !self.isAtDigit { self.index -= 1 }
        var (number, place) = (0, 1)
        while self.index > 0, self.isAtDigit {
            number += Int(self.bytes[self.index - 1] & 0xF) * place
            place *= 10
            self.index -= 1
        }
        return number
    }
}
