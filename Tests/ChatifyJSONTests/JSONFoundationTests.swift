import ChatifyJSON
import Foundation
import TestSupport
import Testing

/// Random documents, against themselves and against Foundation.
@Suite struct JSONFoundationTests {
    @Test(arguments: 0..<20 as Range<UInt64>)
    func whatIsWrittenReadsBack(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<100 {
            let tree = JSONTree.random(using: &random)
            #expect(try JSONTree.parse(tree.encoded) == tree)
        }
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func foundationReadsWhatWasWritten(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<50 {
            let tree = JSONTree.random(using: &random)
            let object = try JSONSerialization.jsonObject(with: Data(tree.encoded), options: [.fragmentsAllowed])
            #expect(tree.isEqual(toFoundation: object))
        }
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func whatFoundationWritesReadsBack(seed: UInt64) throws {
        var random = SeededRandom(seed: seed &+ 1000)
        for _ in 0..<50 {
            let tree = JSONTree.random(using: &random)
            let object = try JSONSerialization.jsonObject(with: Data(tree.encoded), options: [.fragmentsAllowed])
            let options: JSONSerialization.WritingOptions = [.fragmentsAllowed, .prettyPrinted]
            let text = try JSONSerialization.data(withJSONObject: object, options: options)
            #expect(try JSONTree.parse(Array(text)).isEqual(toFoundation: object))
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func damagedTextsNeverCrash(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var refused = 0
        for _ in 0..<200 {
            var text = JSONTree.random(using: &random).encoded
            let place = Int.random(in: 0..<text.count, using: &random)
            text[place] = UInt8.random(in: 0...255, using: &random)
            do {
                let tree = try JSONTree.parse(text)
                #expect(try JSONTree.parse(tree.encoded) == tree)
            } catch {
                #expect((0...text.count).contains(error.offset))
                refused += 1
            }
        }
        #expect(refused > 0)
    }
}

extension JSONTree {
    fileprivate func isEqual(toFoundation object: Any) -> Bool {
        switch (self, object) {
        case (.null, is NSNull): return true
        case (.string(let text), let other as String): return Array(text.utf8) == Array(other.utf8)
        case (.array(let elements), let others as [Any]):
            return elements.count == others.count && zip(elements, others).allSatisfy { $0.isEqual(toFoundation: $1) }
        case (.object(let members), let others as [String: Any]):
            return members.count == others.count
                && members.allSatisfy { member in others[member.name].map(member.value.isEqual(toFoundation:)) ?? false
                }
        case (.bool(let value), let number as NSNumber): return number.boolValue == value
        case (.number(.integer(let value)), let number as NSNumber): return Double(value).isNear(number.doubleValue)
        case (.number(.double(let value)), let number as NSNumber): return value.isNear(number.doubleValue)
        default: return false
        }
    }
}

extension Double {
    /// Foundation keeps some numbers as decimals and rounds their last digits in its own way.
    fileprivate func isNear(_ other: Double) -> Bool {
        self == other || (self - other).magnitude <= max(self.magnitude, other.magnitude) * 1e-12
    }
}
