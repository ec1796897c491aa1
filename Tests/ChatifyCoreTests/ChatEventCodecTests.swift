import Testing

@testable import ChatifyCore

@Suite("The JSON of events")
struct ChatEventCodecTests {
    static let event = ChatEvent(
        messageID: MessageID(high: 0x0B9F_0000_0000_4000, low: 0x8000_0000_0000_0001),
        scope: .channel(ScopeID(unchecked: "general")),
        senderID: UserID(unchecked: "user-123"),
        text: "Hello",
        createdAt: Timestamp(millisecondsSinceEpoch: 1_768_473_000_123),
        originPodID: PodID(unchecked: "chat-api-7d9f4c5b6d-abc12")
    )

    static let json = """
        {"messageId":"0b9f0000-0000-4000-8000-000000000001","scopeType":0,"scopeId":"general","senderId":"user-123",\
        "text":"Hello","createdAtUtc":"2026-01-15T10:30:00.123Z","originPodId":"chat-api-7d9f4c5b6d-abc12"}
        """

    @Test("is written as the contract shows it")
    func encodes() {
        #expect(String(decoding: ChatEventCodec.encode(Self.event), as: UTF8.self) == Self.json)
    }

    @Test("carries the position when pushed and when answered")
    func enriched() {
        let enriched = EnrichedChatEvent(event: Self.event, position: LogPosition(partition: 2, offset: 42))
        let pushed = String(decoding: ChatEventCodec.encodePushed(enriched), as: UTF8.self)
        let answer = String(decoding: ChatEventCodec.encodeAnswer(enriched), as: UTF8.self)
        #expect(pushed == Self.json.dropLast() + #","partition":2,"offset":42}"#)
        #expect(answer == #"{"chatEvent":"# + Self.json + #","partition":2,"offset":42}"#)
    }

    @Test("reads back what was written", arguments: ["", "Hello", "\u{1E}\n\"\\/", "Grüße 🙂 \u{0}", "e\u{301}"])
    func roundTrip(text: String) throws {
        var event = Self.event
        event.text = text
        #expect(try ChatEventCodec.decode(ChatEventCodec.encode(event)) == event)
    }

    @Test(
        "is read in every form the contract allows",
        arguments: [
            // Replaced, by what.
            ("0b9f0000-0000-4000-8000-000000000001", "0B9F0000-0000-4000-8000-000000000001"),
            (#""scopeType":0"#, #""scopeType":"Channel""#),
            (#""scopeType":0"#, #""scopeType":"cHANNEL""#),
            ("00.123Z", "00.123456789Z"),
            ("T10:30:00.123Z", "T12:30:00.123+02:00"),
            ("T10:30:00.123Z", "T10:30:00.1239999Z"),
            (#"{"messageId""#, #"{"partition":7,"future":{"a":[1,{}]},"messageId""#),
            (#""text":"Hello""#, #""text":"first","text":"Hello""#),
            (#""text":"Hello""#, #" "text" : "\u0048ello" "#),
        ]
    )
    func liberal(original: String, replacement: String) throws {
        let json = Self.json.replacing(original, with: replacement)
        #expect(json != Self.json)
        #expect(try ChatEventCodec.decode(Array(json.utf8)) == Self.event)
    }

    @Test(
        "is refused when it breaks the contract",
        arguments: [
            (#""messageId":"0b9f0000-0000-4000-8000-000000000001","#, ""),
            ("0b9f0000-", "0b9f0000"),
            (#""scopeType":0"#, #""scopeType":2"#),
            (#""scopeType":0"#, #""scopeType":"0""#),
            (#""scopeType":0"#, #""scopeType":0.0"#),
            (#""scopeType":0"#, #""scopeType":"Room""#),
            (#""general""#, #""""#),
            (#""general""#, #""  \u00a0 ""#),
            (#""general""#, "7"),
            (#""user-123""#, "null"),
            (#""Hello""#, "null"),
            (#""text":"Hello","#, ""),
            ("2026-01-15", "2026-02-30"),
            ("10:30:00.123Z", "10:30:00.123"),
            ("10:30:00.123Z", "10:30:00.1234567891Z"),
            ("abc12\"}", "abc12\"} x"),
            ("abc12\"}", "abc12\""),
        ]
    )
    func strict(original: String, replacement: String) {
        let json = Self.json.replacing(original, with: replacement)
        #expect(json != Self.json)
        #expect(throws: ChatEventDecodingError.self) { try ChatEventCodec.decode(Array(json.utf8)) }
    }

    @Test("counts the text in UTF-16 code units")
    func textLimit() throws {
        var event = Self.event
        event.text = String(repeating: "🙂", count: 2048)
        #expect(try ChatEventCodec.decode(ChatEventCodec.encode(event)) == event)
        event.text += "a"
        #expect(throws: ChatEventDecodingError.self) { try ChatEventCodec.decode(ChatEventCodec.encode(event)) }
    }
}
