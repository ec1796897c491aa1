import ChatifyJSON
import Testing

@Suite struct JSONReaderTests {
    @Test(
        arguments: [
            ("null", .null), (" \t\r\n true \n", .bool(true)), ("false", .bool(false)),
            ("\"\"", .string("")), ("\"a\"", .string("a")), ("[]", .array([])), ("[ ]", .array([])),
            ("{}", .object([])), ("{ }", .object([])), ("[1,2]", .array([.number(.integer(1)), .number(.integer(2))])),
            ("[ null , [ ] ]", .array([.null, .array([])])),
            (
                "{\"a\" : 1 , \"a\":2}",
                .object([
                    .init(name: "a", value: .number(.integer(1))),
                    .init(name: "a", value: .number(.integer(2))),
                ])
            ),
            ("{\"\":{}}", .object([.init(name: "", value: .object([]))])),
        ] as [(String, JSONTree)]
    )
    func reads(text: String, expected: JSONTree) throws {
        #expect(try JSONTree.parse(text) == expected)
    }

    @Test(arguments: [
        "", " ", "nul", "nulL", "True", "tru", "undefined", "NaN", "Infinity", "-Infinity", "'a'", "[", "]", "[1",
        "[1,",
        "[1,]", "[,1]", "[1 2]", "{", "}", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{,}", "{a:1}",
        "{1:1}", "{\"a\" 1}", "{\"a\":}", "{\"a\",\"b\"}", "null null", "1,", "{}x", "[]]", "//c\n1", "/**/1",
        "\u{FEFF}1", "[1}", "{\"a\":1]", "\u{000B}1", "\u{00A0}1",
    ])
    func refuses(text: String) {
        #expect(throws: JSONError.self) { try JSONTree.parse(text) }
        let bytes = Array(text.utf8)
        #expect(throws: JSONError.self) {
            try JSONReader.read(bytes) { (reader) throws(JSONError) in try reader.skipValue() }
        }
    }

    @Test func everyPrefixOfATextIsRefused() throws {
        let text = Array(#"{"a":[1,-2.5e+3,"x\u00e9\n",null,true,false,{"b":"é😀"}]}"#.utf8)
        _ = try JSONTree.parse(text)
        for count in 0..<text.count {
            #expect(throws: JSONError.self, "\(count)") { try JSONTree.parse(Array(text[..<count])) }
        }
    }

    @Test func depthIsLimited() throws {
        func nested(_ count: Int) -> [UInt8] {
            Array(repeating: UInt8(ascii: "["), count: count) + Array(repeating: UInt8(ascii: "]"), count: count)
        }
        _ = try JSONTree.parse(nested(64))
        #expect(throws: JSONError(offset: 64, reason: "nested too deeply")) { try JSONTree.parse(nested(65)) }
        #expect(throws: JSONError(offset: 2, reason: "nested too deeply")) {
            try JSONReader.read(nested(100_000), maxDepth: 2) { (reader) throws(JSONError) in try reader.skipValue() }
        }
        _ = try JSONTree.parse("[[],[],[[]],{}]")
    }

    @Test func depthCountsOpenContainersOnly() throws {
        let text = Array("[" + Array(repeating: "[{}]", count: 100).joined(separator: ",") + "]")
        _ = try JSONTree.parse(text.flatMap(\.utf8), maxDepth: 3)
    }

    @Test func tellsWhereItStopped() {
        #expect(throws: JSONError(offset: 7, reason: "expected a comma or the end of the container")) {
            try JSONTree.parse("[true, x]".replacing(", x", with: "  x"))
        }
        #expect(throws: JSONError(offset: 3, reason: "unexpected bytes after the value")) { try JSONTree.parse("1  2") }
    }

    @Test func aValueThatTheCallerLeavesIsAnError() {
        let text = Array(#"{"a":1}"#.utf8)
        #expect(throws: JSONError.self) {
            try JSONReader.read(text) { (reader) throws(JSONError) in try reader.readObject { _, _ in } }
        }
        #expect(throws: JSONError.self) {
            try JSONReader.read(Array("[1]".utf8)) { (reader) throws(JSONError) in try reader.readArray { _ in } }
        }
        #expect(throws: JSONError.self) { try JSONReader.read(text) { _ in } }
    }

    @Test func lendsRawValues() throws {
        let text = Array(#"{"a": {"b":[1, "}"]} ,"c":2}"#.utf8)
        var raw: [[UInt8]] = []
        try JSONReader.read(text) { (reader) throws(JSONError) in
            try reader.readObject { (_, reader) throws(JSONError) in raw.append(Array(try reader.readRawValue())) }
        }
        #expect(raw == [Array(#"{"b":[1, "}"]}"#.utf8), Array("2".utf8)])
    }

    @Test func readsSlices() throws {
        let text = Array("xx[1]yy".utf8)
        let tree = try JSONReader.read(text[2..<5]) { (reader) throws(JSONError) in try JSONTree(from: &reader) }
        #expect(tree == .array([.number(.integer(1))]))
    }

    @Test func readsOnlyTheKindAskedFor() {
        func reading(_ text: String, _ body: (inout JSONReader) throws(JSONError) -> Void) -> Bool {
            do { try JSONReader.read(Array(text.utf8), body) } catch { return false }
            return true
        }
        #expect(!reading("1") { (reader) throws(JSONError) in _ = try reader.readString() })
        #expect(!reading("\"1\"") { (reader) throws(JSONError) in _ = try reader.readInt64() })
        #expect(!reading("null") { (reader) throws(JSONError) in _ = try reader.readBool() })
        #expect(!reading("true") { (reader) throws(JSONError) in try reader.readNull() })
        #expect(!reading("[]") { (reader) throws(JSONError) in try reader.readObject { _, _ in } })
        #expect(!reading("{}") { (reader) throws(JSONError) in try reader.readArray { _ in } })
        #expect(reading("\"1\"") { (reader) throws(JSONError) in _ = try reader.readString() })
    }
}
