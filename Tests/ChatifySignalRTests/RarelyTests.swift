import Testing

@testable import ChatifySignalR

struct RarelyTests {
    @Test func `A value comes, changes where it stands, and goes`() {
        var number = Rarely<[Int]>()
        #expect(number.value == nil)
        number.value?.append(1)
        #expect(number.value == nil)
        number.value = [1]
        number.value?.append(2)
        #expect(number.value == [1, 2])
        let copy = number
        number.value?.append(3)
        #expect(copy.value == [1, 2])
        #expect(number.value == [1, 2, 3])
        number.value = nil
        #expect(number.value == nil)
        #expect(Rarely(7).value == 7)
    }

    @Test func `Whoever has none pays a word`() {
        #expect(MemoryLayout<Rarely<StatefulReconnect>>.size == MemoryLayout<Int>.size)
    }
}
