internal import ChatifyCore
internal import Testing

@testable internal import ChatifySQLite

@Suite struct RecentRecordsTests {
    private static func record(_ offset: Int64, length: Int = 5) throws -> ChatRecord {
        ChatRecord(
            position: LogPosition(partition: 0, offset: offset),
            payload: .event(try event(UInt64(offset), text: String(repeating: "x", count: length)))
        )
    }

    /// The offsets that a read gets; `nil` if some are not there.
    private static func read(_ offsets: Range<Int64>, from records: RecentRecords) -> [Int64]? {
        var batch: [ChatRecord] = []
        return records.read(offsets, into: &batch) ? batch.map(\.position.offset) : nil
    }

    @Test func beginsEmptyAtTheEndOfThePartition() {
        let records = RecentRecords(endOffset: 7)
        #expect(records.firstOffset == 7)
        #expect(records.endOffset == 7)
        #expect(Self.read(7..<7, from: records) == [])
        #expect(Self.read(6..<7, from: records) == nil)
        #expect(Self.read(7..<8, from: records) == nil)
    }

    @Test func keepsTheNewestByTheirNumber() throws {
        var records = RecentRecords(endOffset: 10)
        for offset in 10..<5000 as Range<Int64> { records.append(try Self.record(offset)) }
        #expect(records.endOffset == 5000)
        #expect(records.firstOffset == 5000 - 2048)
        #expect(Self.read(2952..<5000, from: records) == Array(2952..<5000))
        #expect(Self.read(4000..<4003, from: records) == [4000, 4001, 4002])
        #expect(Self.read(2951..<2953, from: records) == nil)
        #expect(Self.read(4999..<5001, from: records) == nil)
    }

    @Test func keepsTheNewestByTheirSize() throws {
        var records = RecentRecords(endOffset: 0)
        for offset in 0..<100 as Range<Int64> { records.append(try Self.record(offset, length: 100_000)) }
        #expect(records.endOffset == 100)
        #expect(records.firstOffset == 80)
        // One that is larger than all that may be kept is not.
        records.append(try Self.record(100, length: 3_000_000))
        #expect(records.firstOffset == 101)
        records.append(try Self.record(101))
        #expect(Self.read(101..<102, from: records) == [101])
    }
}
