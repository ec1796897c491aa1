import ChatifyJSON
import TestSupport

extension JSONTree {
    static func random(using random: inout SeededRandom, depth: Int = 4) -> JSONTree {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &random) {
        case 0: .null
        case 1: .bool(Bool.random(using: &random))
        case 2: .number(.integer(Int64(bitPattern: random.next()) >> Int64.random(in: 0..<64, using: &random)))
        case 3: .number(.double(self.randomDouble(using: &random)))
        case 4, 5: .string(self.randomString(using: &random))
        case 6:
            .array((0..<Int.random(in: 0..<5, using: &random)).map { _ in .random(using: &random, depth: depth - 1) })
        default:
            // Distinct names, so that a dictionary can hold the same object.
            .object(
                (0..<Int.random(in: 0..<5, using: &random)).map { index in
                    Member(
                        name: "\(index)" + self.randomString(using: &random),
                        value: .random(using: &random, depth: depth - 1)
                    )
                }
            )
        }
    }

    private static func randomDouble(using random: inout SeededRandom) -> Double {
        let value = Double(bitPattern: random.next())
        return value.isFinite ? value : -0.0
    }

    static func randomString(using random: inout SeededRandom) -> String {
        let ranges: [ClosedRange<UInt32>] = [
            0...0x1F, 0x20...0x7E, 0x20...0x7E, 0x20...0x7E, 0x7F...0x7FF, 0x800...0xD7FF, 0xE000...0xFFFF,
            0x10000...0x10FFFF,
        ]
        var scalars = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0..<40, using: &random) {
            let range = ranges.randomElement(using: &random) ?? 0x20...0x7E
            if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &random)) { scalars.append(scalar) }
        }
        return String(scalars)
    }
}
