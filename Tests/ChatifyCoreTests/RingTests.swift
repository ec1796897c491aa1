import TestSupport
import Testing

@testable import ChatifyCore

@Suite struct RingTests {
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func behavesLikeAnArray(seed: UInt64) {
        var generator = SeededRandom(seed: seed)
        var ring = Ring<Int>()
        var model: [Int] = []
        for step in 0..<500 {
            switch Int.random(in: 0..<5, using: &generator) {
            case 0...2:
                ring.append(step)
                model.append(step)
            case 3 where !model.isEmpty:
                #expect(ring.removeFirst() == model.removeFirst())
            case 4 where !model.isEmpty:
                let index = Int.random(in: model.indices, using: &generator)
                ring[index] = -step
                model[index] = -step
            default: break
            }
            #expect(ring.count == model.count)
            #expect(ring.first == model.first)
        }
        #expect(model.indices.map { ring[$0] } == model)
    }

    @Test(arguments: 0...9)
    func countsWhatComesBefore(removed: Int) {
        var ring = Ring<Int>()
        for number in 0..<9 { ring.append(number * 2) }
        for _ in 0..<removed { ring.removeFirst() }
        for bound in -1...18 {
            #expect(ring.prefixCount { $0 < bound } == (removed..<9).count { $0 * 2 < bound }, "\(bound)")
        }
    }

    @Test func releasesWhatIsRemoved() {
        final class Token {}
        var ring = Ring<Token>()
        ring.append(Token())
        weak let token = ring.first
        ring.append(Token())
        #expect(token != nil)
        ring.removeFirst()
        #expect(token == nil)
    }
}
