import ChatifyJSON
import TestSupport
import Testing

@Suite struct JSONStringTests {
    @Test(
        arguments: [
            (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"), (#""\u0041\u00e9\u20AC""#, "Aé€"),
            (#""\ud83d\ude00!""#, "😀!"), (#""\uD800\uDC00""#, "\u{10000}"), (#""\udbff\udfff""#, "\u{10FFFF}"),
            (#""\u0000\u001e""#, "\u{0}\u{1e}"), (#""\ufffd\uFFFF""#, "\u{fffd}\u{ffff}"),
            ("\"\u{7f}é€😀\"", "\u{7f}é€😀"),
            ("\"0123456\\n89\"", "0123456\n89"), ("\"01234567\\n9\"", "01234567\n9"),
            ("\"012345678901234567890\"", "012345678901234567890"), ("\"\\\\u0041\"", "\\u0041"),
        ] as [(String, String)]
    )
    func reads(json: String, expected: String) throws {
        let value = try JSONTree.parse(json)
        #expect(value == .string(expected))
        // String equality folds canonical equivalents, so compare the bytes as well.
        if case .string(let text) = value { #expect(Array(text.utf8) == Array(expected.utf8)) }
    }

    @Test(arguments: [
        #"""#, #""\"#, #""\""#, #""\x""#, #""\U0041""#, #""\u004""#, #""\u00g0""#, #""\u""#, #""\ud800""#,
        #""\udc00""#, #""\ud800\u0041""#, #""\ud800\ud800""#, #""\ud800x""#, #""\udfff\ud800""#, #""\ud800\""#,
        #""\ud800\u""#, #""\ud800\udc0""#, "\"\n\"", "\"\t\"", "\"\u{0}\"", "\"\u{1e}\"", "\"\u{1f}\"",
        "\"0123456789\u{1f}abcdefgh\"",
    ])
    func refuses(json: String) {
        #expect(throws: JSONError.self) { try JSONTree.parse(json) }
    }

    @Test(
        arguments: [
            (#""\ud800""#, "\u{fffd}"), (#""a\udc00\ud83d\ude00""#, "a\u{fffd}😀"),
            (#""\ud83d\ud83d\ude00\uDE00\n""#, "\u{fffd}😀\u{fffd}\n"), (#""\ud83d\u0041""#, "\u{fffd}A"),
            (#""\ud83dx\ud83d\\ude00""#, "\u{fffd}x\u{fffd}\\ude00"),
        ] as [(String, String)]
    )
    func replacesHalfAPairIfAsked(json: String, expected: String) throws {
        let text = try JSONReader.read(Array(json.utf8)) { (reader) throws(JSONError) in
            reader.replacesLoneSurrogates = true
            return try reader.readString()
        }
        #expect(Array(text.utf8) == Array(expected.utf8))
        #expect(throws: JSONError.self) { try JSONTree.parse(json) }
    }

    @Test(
        arguments: [
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x41], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF],
            [0xE1, 0x80], [0xE1, 0x80, 0x41], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80],
            [0xF0, 0x8F, 0xBF, 0xBF], [0xF1, 0x80, 0x80], [0xF1, 0x80, 0x80, 0x41], [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xFE], [0xC3, 0xA9, 0x80],
        ] as [[UInt8]]
    )
    func refusesBytesThatAreNotUTF8(bytes: [UInt8]) {
        for padding in [0, 3, 8, 11] {
            let pad = Array(repeating: UInt8(ascii: "a"), count: padding)
            let text = [0x22] + pad + bytes + pad + [0x22]
            #expect(throws: JSONError.self) { try JSONTree.parse(text) }
        }
    }

    @Test func agreesWithTheStandardLibraryOnEveryThreeByteSequence() {
        var random = SeededRandom(seed: 3)
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                UInt8.random(in: 0x7E...0xFF, using: &random)
            }
            let isValid = String(validating: bytes, as: UTF8.self) != nil
            #expect(((try? JSONTree.parse([0x22] + bytes + [0x22])) != nil) == isValid, "\(bytes)")
        }
    }

    @Test func escapesControlsAndNothingElse() {
        for value in 0...0xFF as ClosedRange<UInt32> {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let plain = Array(String(scalar).utf8)
            let written = Array(JSONTree.string(String(scalar)).encoded.dropFirst().dropLast())
            let mustEscape = value < 0x20 || value == 0x22 || value == 0x5C || value == 0x7F
            #expect((written == plain) == !mustEscape)
            #expect(!mustEscape || written.first == 0x5C)
            #expect(written.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
        }
        #expect(JSONTree.string("\u{1e}\u{7f}\n").encoded == Array(#""\u001e\u007f\n""#.utf8))
    }

    @Test(arguments: Array("\u{0}\u{1e}\u{1f}\"\\\u{7f}".unicodeScalars))
    func escapesAtEveryPlace(scalar: Unicode.Scalar) throws {
        for length in 0..<24 {
            for place in 0...length {
                let before = String(repeating: "~", count: place)
                let text = before + String(scalar) + String(repeating: "}", count: length - place)
                let written = JSONTree.string(text).encoded
                #expect(try JSONTree.parse(written) == .string(text))
                #expect(written.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
                #expect(written.starts(with: Array("\"\(before)\\".utf8)))
            }
        }
    }

    @Test(arguments: 0..<0x80 as Range<UInt8>)
    func readsEveryASCIIByteAtEveryPlace(byte: UInt8) {
        guard byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") else { return }
        for place in 0..<20 {
            var text = Array(repeating: UInt8(ascii: "!"), count: 20)
            text[place] = byte
            let isRead = (try? JSONTree.parse([0x22] + text + [0x22])) == .string(String(decoding: text, as: UTF8.self))
            #expect(isRead == (byte >= 0x20))
        }
    }
}
