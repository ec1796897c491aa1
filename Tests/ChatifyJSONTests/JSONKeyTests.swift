import ChatifyJSON
import Testing

@Suite struct JSONKeyTests {
    /// Whether the key spelled `name` in JSON equals `messageId`, exactly and without regard to case.
    private func comparisons(_ name: String) throws -> [Bool] {
        var answers: [Bool] = []
        try JSONReader.read(Array("{\"\(name)\":0}".utf8)) { (reader) throws(JSONError) in
            try reader.readObject { (key, reader) throws(JSONError) in
                answers = [key == "messageId", key.matchesIgnoringCase("messageID")]
                try reader.skipValue()
            }
        }
        return answers
    }

    @Test(
        arguments: [
            ("messageId", [true, true]), ("MESSAGEID", [false, true]), ("messageI", [false, false]),
            ("messageId2", [false, false]), ("", [false, false]), ("messageIe", [false, false]),
            ("message\\u0049d", [true, true]), ("MESSAGE\\u0049D", [false, true]), ("message\\u0049", [false, false]),
        ] as [(String, [Bool])]
    )
    func compares(name: String, expected: [Bool]) throws {
        #expect(try self.comparisons(name) == expected)
    }

    @Test func onlyLettersAreFolded() throws {
        var answers: [Bool] = []
        try JSONReader.read(Array(#"{"[@`{":0}"#.utf8)) { (reader) throws(JSONError) in
            try reader.readObject { (key, reader) throws(JSONError) in
                answers = [key.matchesIgnoringCase("{`@["), key.matchesIgnoringCase("[@`{")]
                try reader.skipValue()
            }
        }
        #expect(answers == [false, true])
    }
}
