internal import ChatifyCore

/// What adapters are tried with.
enum Specimen {
    /// The time stamp of the first event.
    static let epoch = Timestamp(millisecondsSinceEpoch: 1_768_473_000_000)

    /// An event whose id is `number`; different numbers are different messages.
    ///
    /// The low half of the id has its highest bit set where `number` is negative, so ids sort as numbers only if bytes are compared as unsigned.
    static func event(
        _ number: Int,
        in scope: ChatScope = Self.scope("general"),
        after milliseconds: Int64 = 0,
        text: String? = nil
    ) -> ChatEvent {
        ChatEvent(
            messageID: MessageID(high: 0x0197_0000_0000_7000, low: UInt64(bitPattern: Int64(number))),
            scope: scope,
            senderID: UserID(unchecked: "alice"),
            text: text ?? "Message \(number)",
            createdAt: self.epoch.advanced(by: .milliseconds(milliseconds)),
            originPodID: PodID(unchecked: "pod-1")
        )
    }

    /// The channel of that name.
    static func scope(_ id: String) -> ChatScope { .channel(ScopeID(unchecked: id)) }

    /// Ids that an adapter may take for one another, or trip over.
    static let ids = [
        "a", "A", "a:b", "a:b:c", "a-b", "a/b", "../a", ".", "{a}", "{}", "}{", "a b", " a", "a ", "a\nb", "a\r\nb",
        "a\u{0}b", "a\u{0}",
        "*", "%", "%61", "_", "'", "\"", "\\", "\u{212A}", "K", "å", "a\u{30A}", "\u{FEFF}a",
        "\u{1F468}\u{200D}\u{1F469}", "\u{1F468}",
        String(repeating: "x", count: 256), String(repeating: "x", count: 255),
        String(repeating: "\u{1F600}", count: 128),
        String(repeating: "\u{FFFD}", count: 256),
    ]

    /// Texts that an adapter may change by storing them.
    static let texts =
        Self.ids + [
            "", " ", "\n", "\t", "\r\n", "e\u{301}", "é", "\u{0}", "\u{7F}\u{80}", "\u{2028}\u{2029}", "</script>",
            "{\"text\":1}", "null", "1.0",
            String(repeating: "\u{1F600}", count: 2048), String(repeating: "\u{FFFD}", count: 4096),
        ]
}

extension [ChatEvent] {
    /// The numbers of the events.
    var numbers: [Int] { self.map { Int(Int64(bitPattern: $0.messageID.low)) } }
}
