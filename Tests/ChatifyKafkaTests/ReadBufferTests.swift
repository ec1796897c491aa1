import ChatifyCore
import Testing

@testable import ChatifyKafka

@Suite struct ReadBufferTests {
    private func item(_ partition: Int32, _ offset: Int64, size: Int = 100) -> ReadBuffer.Item {
        let position = LogPosition(partition: partition, offset: offset)
        return ReadBuffer.Item(record: ChatRecord(position: position, payload: .event(event(0))), size: size)
    }

    @Test func itIsFullByRecordsOrByBytes() {
        var buffer = ReadBuffer(maximumRecords: 4, maximumBytes: 1000)
        buffer.append(self.item(0, 0))
        #expect(buffer.fill == 0.25)
        buffer.append(self.item(0, 1, size: 1900))
        #expect(buffer.fill == 2)
        #expect(buffer.take(10).map(\.position.offset) == [0, 1])
        #expect(buffer.fill == 0 && buffer.take(1).isEmpty)
    }

    @Test func partitionsThatAreGoneAreDroppedAndTheRestKeepsItsOrder() {
        var buffer = ReadBuffer(maximumRecords: 100, maximumBytes: 10_000)
        for offset in 0..<5 as Range<Int64> {
            for partition in 0..<3 as Range<Int32> { buffer.append(self.item(partition, offset)) }
        }
        buffer.drop([1])
        #expect(buffer.count == 10 && buffer.fill == 0.1)
        let positions = buffer.take(100).map(\.position)
        #expect(positions.map(\.partition) == [0, 2, 0, 2, 0, 2, 0, 2, 0, 2])
        #expect(positions.map(\.offset) == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4])
    }
}
