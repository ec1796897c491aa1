import ChatifyJSON
import Testing

@Suite struct JSONNumberTests {
    @Test(
        arguments: [
            ("0", .integer(0)), ("-1", .integer(-1)), ("9223372036854775807", .integer(.max)),
            ("-9223372036854775808", .integer(.min)), ("9223372036854775808", .double(9_223_372_036_854_775_808)),
            ("-9223372036854775809", .double(-9_223_372_036_854_775_808)),
            ("18446744073709551616", .double(18_446_744_073_709_551_616)), ("1.0", .double(1)), ("1e2", .double(100)),
            ("1E+2", .double(100)), ("25e-1", .double(2.5)), ("0.1", .double(0.1)), ("0e0", .double(0)),
            ("1.7976931348623157e308", .double(.greatestFiniteMagnitude)), ("5e-324", .double(.leastNonzeroMagnitude)),
            ("1e-400", .double(0)),
            ("123456789012345678901234567890", .double(1.2345678901234568e29)),
        ] as [(String, JSONNumber)]
    )
    func reads(text: String, expected: JSONNumber) throws {
        #expect(try JSONTree.parse(text) == .number(expected))
    }

    @Test func minusZeroKeepsItsSign() throws {
        guard case .number(.double(let value)) = try JSONTree.parse("-0") else {
            Issue.record("not a double")
            return
        }
        #expect(value == 0 && value.sign == .minus)
    }

    @Test(arguments: [
        "+1", "01", "-01", "00", "-", "--1", "1.", ".1", "1.e1", "1e", "1e+", "1e-", "1e1.5", "0x10", "1_000", "1e400",
        "-1e400", "Infinity", "1a", "- 1",
    ])
    func refuses(text: String) {
        #expect(throws: JSONError.self) { try JSONTree.parse(text) }
    }

    @Test(
        arguments: [
            ("0", 0), ("-0", 0), ("7", 7), ("9223372036854775807", .max), ("-9223372036854775808", .min),
            ("9223372036854775808", nil), ("-9223372036854775809", nil), ("18446744073709551616", nil),
            ("18446744073709551617", nil), ("1.0", nil), ("1e2", nil), ("1e", nil), ("\"1\"", nil), ("01", nil),
        ] as [(String, Int64?)]
    )
    func readsExactIntegers(text: String, expected: Int64?) {
        let value = try? JSONReader.read(Array(text.utf8)) { (reader) throws(JSONError) in try reader.readInt64() }
        #expect(value == expected)
    }

    @Test(
        arguments: [
            (0, "0"), (9, "9"), (10, "10"), (-1, "-1"), (.max, "9223372036854775807"), (.min, "-9223372036854775808"),
        ] as [(Int64, String)]
    )
    func writesIntegers(value: Int64, expected: String) {
        #expect(JSONTree.number(.integer(value)).encoded == Array(expected.utf8))
    }

    @Test(arguments: [Double.infinity, -.infinity, .nan])
    func writesNullForWhatIsNotFinite(value: Double) {
        #expect(JSONTree.number(.double(value)).encoded == Array("null".utf8))
    }
}
