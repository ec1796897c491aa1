import TestSupport
import Testing

@testable import ChatifySignalR

@Suite struct RecordSplitterTests {
    /// The records that come out of `chunks`, pulled after each, and `!` for a record that is too long.
    private func records(of chunks: [[UInt8]], limit: Int = 8) -> [String] {
        var splitter = RecordSplitter(limit: limit)
        var records: [String] = []
        for chunk in chunks {
            chunk.withUnsafeBytes { splitter.append($0) }
            while let record = splitter.next({ String(decoding: $0, as: UTF8.self) }) { records.append(record) }
            #expect(splitter.bufferedCount < limit)
        }
        return records + (splitter.isTooLong ? ["!"] : [])
    }

    private static let table: [(String, [String])] = [
        ("", []), ("a", []), ("a;", ["a"]), (";", [""]), (";;a;", ["", "", "a"]), ("ab;cd;e", ["ab", "cd"]),
        ("1234567;", ["1234567"]), ("1234567", []), ("12345678;", ["!"]), ("12345678", ["!"]),
        ("a;1234567;b;", ["a", "1234567", "b"]), ("a;b;12345678;c;", ["a", "b", "!"]),
        ("a;123456789012345678901234567890", ["a", "!"]), ("a;1234567;12345678", ["a", "1234567", "!"]),
        (String(repeating: "1234567;", count: 20), Array(repeating: "1234567", count: 20)),
    ]

    @Test(arguments: table)
    func splitsTheSameHoweverItIsCut(stream: String, expected: [String]) {
        let bytes = stream.records
        #expect(self.records(of: [bytes]) == expected)
        #expect(self.records(of: bytes.map { [$0] }) == expected)
        #expect(self.records(of: [[]] + bytes.map { [$0] } + [[]]) == expected)
        for cut in 0...bytes.count {
            #expect(self.records(of: [Array(bytes[..<cut]), Array(bytes[cut...])]) == expected)
        }
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func randomStreamsInRandomChunks(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let records = (0..<200).map { _ in String(repeating: "x", count: Int.random(in: 0..<64, using: &random)) }
        var rest = records.map { $0 + ";" }.joined().records[...]
        var chunks: [[UInt8]] = []
        while !rest.isEmpty {
            let count = Int.random(in: 0...200, using: &random)
            chunks.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        #expect(self.records(of: chunks, limit: 64) == records)
    }

    @Test func recordsMayWaitWhileMoreArrives() {
        var splitter = RecordSplitter(limit: 4)
        var records: [String] = []
        for index in 0..<300 {
            "\(index);".records.withUnsafeBytes { splitter.append($0) }
            if index.isMultiple(of: 2) {
                splitter.next { String(decoding: $0, as: UTF8.self) }.map { records.append($0) }
            }
        }
        while let record = splitter.next({ String(decoding: $0, as: UTF8.self) }) { records.append(record) }
        #expect(records == (0..<300).map { "\($0)" })
        #expect(splitter.bufferedCount == 0 && !splitter.hasRecord)
    }

    @Test func nothingIsTakenAfterARecordThatIsTooLong() {
        var splitter = RecordSplitter(limit: 4)
        for _ in 0..<1000 { "aaaaaaaa".records.withUnsafeBytes { splitter.append($0) } }
        #expect(splitter.isTooLong && splitter.bufferedCount == 0)
    }
}
