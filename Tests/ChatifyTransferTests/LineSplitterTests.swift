internal import ChatifyTransfer
internal import Testing

@Suite struct LineSplitterTests {
    @Test(
        arguments: [
            ("", []),
            ("a", ["a"]),
            ("a\n", ["a"]),
            ("a\nb", ["a", "b"]),
            ("a\r\nb\r\n", ["a", "b"]),
            ("a\r", ["a"]),
            ("a\rb\n", ["a\rb"]),
            ("a\r\r\n", ["a\r"]),
            ("\n\r\n\na", ["", "", "", "a"]),
            ("\u{2028}\u{85}é\n\0\n", ["\u{2028}\u{85}é", "\0"]),
        ] as [(String, [String])]
    )
    func linesAreTheSameHoweverTheBytesCome(text: String, lines: [String]) throws {
        for size in [1, 2, 3, 1000] {
            #expect(try Self.lines(of: Array(text.utf8), in: size) == lines, "in pieces of \(size)")
        }
    }

    /// The line's end does not count, and neither does a CR that is part of it.
    @Test(arguments: [
        ("1234", true), ("1234\n", true), ("1234\r\n", true), ("1234\r", true),
        ("12345", false), ("12345\n", false), ("12345\r\n", false), ("1234\r\r\n", false), ("x\n12345", false),
    ])
    func aLineOfMoreThanTheMaximumIsRefused(text: String, isAllowed: Bool) {
        for size in [1, 2, 3, 1000] {
            let lines = try? Self.lines(of: Array(text.utf8), in: size, maximumLength: 4)
            #expect(isAllowed ? lines == ["1234"] : lines == nil, "in pieces of \(size)")
        }
    }

    @Test func aLongLineIsRefusedBeforeItHasComeWhole() throws {
        var splitter = LineSplitter(maximumLength: 10)
        splitter.feed([UInt8](repeating: 0x61, count: 11))
        #expect(try splitter.next() == nil, "The last byte may be the CR of the line's end.")
        splitter.feed([0x61])
        let error = #expect(throws: LineSplitter.LineTooLong.self) { try splitter.next() }
        #expect(error?.maximumLength == 10)
    }

    @Test func aLineOfOneMebibyteIsAllowed() throws {
        let longest = [UInt8](repeating: 0x61, count: 1_048_576)
        #expect(try Self.lines(of: longest + [0x0A], in: 65_536).map(\.utf8.count) == [1_048_576])
        #expect(throws: LineSplitter.LineTooLong.self) { try Self.lines(of: longest + [0x61, 0x0A], in: 65_536) }
    }

    private static func lines(
        of bytes: [UInt8],
        in size: Int,
        maximumLength: Int = 1_048_576
    ) throws -> [String] {
        var splitter = LineSplitter(maximumLength: maximumLength)
        var lines: [String] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            splitter.feed(Array(bytes[start..<min(start + size, bytes.count)]))
            while let line = try splitter.next() { lines.append(String(decoding: line, as: UTF8.self)) }
        }
        if let rest = try splitter.rest() { lines.append(String(decoding: rest, as: UTF8.self)) }
        return lines
    }
}
