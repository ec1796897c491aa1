import ChatifySignalR
import Testing

@Suite struct HubValueTests {
    @Test func membersAreFoundInAnyCaseAndTheLastCounts() {
        let value = HubValue.object([.init("ScopeId", .integer(1)), .init("x", .null), .init("scopeID", .integer(2))])
        #expect(value["scopeId"] == .integer(2))
        #expect(value["X"] == .null)
        #expect(value["scopeI"] == nil)
        #expect(value["scopeIdd"] == nil)
        #expect(HubValue.array([])["x"] == nil)
        #expect(HubValue.object([.init("É", .null)])["é"] == nil)
    }

    @Test func accessorsAnswerTheirOwnKindOnly() {
        let values: [HubValue] = [
            .null, .bool(true), .integer(2), .double(2.5), .string("2"), .bytes([2]), .array([.null]), .object([]),
            .encoded([0x32]),
        ]
        #expect(values.map(\.isNull) == [true] + Array(repeating: false, count: 8))
        #expect(values.map(\.boolValue) == [nil, true, nil, nil, nil, nil, nil, nil, nil])
        #expect(values.map(\.integerValue) == [nil, nil, 2, nil, nil, nil, nil, nil, nil])
        #expect(values.map(\.doubleValue) == [nil, nil, 2, 2.5, nil, nil, nil, nil, nil])
        #expect(values.map(\.stringValue) == [nil, nil, nil, nil, "2", nil, nil, nil, nil])
        #expect(values.map(\.arrayValue) == [nil, nil, nil, nil, nil, nil, [.null], nil, nil])
        #expect(values.map(\.objectValue) == [nil, nil, nil, nil, nil, nil, nil, [], nil])
    }
}
