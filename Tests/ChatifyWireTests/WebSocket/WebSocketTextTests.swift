import ChatifyWire
import TestSupport
import Testing

/// UTF-8 in messages: what section 6 of the Autobahn suite tries.
@Suite struct WebSocketTextTests {
    @Test(arguments: [
        "", "\u{0}", "κόσμε", "Hello-µ@ßöäüàá-UTF-8!!", "\u{7F}", "\u{80}", "\u{7FF}", "\u{800}", "\u{D7FF}",
        "\u{E000}",
        "\u{FFFD}", "\u{FFFE}", "\u{FFFF}", "\u{10000}", "\u{1FFFE}", "\u{10FFFF}", "1234567ä", "12345678ä123456789😀",
    ])
    func acceptsText(string: String) {
        let bytes = Array(string.utf8)
        #expect(replayWebSocket(text(bytes)).items == [.text(bytes)])
        for size in 1...4 {
            let frames = Chopping.pieces(bytes, of: size).flatMap { more($0, isFinal: false) } + more("")
            #expect(replayWebSocket(text("", isFinal: false) + frames).items == [.text(bytes)])
        }
    }

    @Test(
        arguments: [
            // Lone continuations, impossible bytes, scalars that end too early.
            [0x80], [0xBF], [0x80, 0xBF], [0xFE], [0xFF], [0xFE, 0xFE, 0xFF, 0xFF], [0xC3], [0xC3, 0x20], [0xE2, 0x82],
            [0xE2, 0x82, 0x20], [0xF0, 0x9F, 0x98], [0xF0, 0x9F, 0x98, 0x41], [0xE2, 0x28, 0xA1],
            [0xF0, 0x28, 0x8C, 0xBC],
            // Overlong forms.
            [0xC0, 0x80], [0xC0, 0xAF], [0xC1, 0xBF], [0xE0, 0x80, 0xAF], [0xE0, 0x9F, 0xBF], [0xF0, 0x80, 0x80, 0xAF],
            [0xF0, 0x8F, 0xBF, 0xBF], [0xF8, 0x80, 0x80, 0x80, 0xAF], [0xFC, 0x80, 0x80, 0x80, 0x80, 0xAF],
            // Surrogates and values over U+10FFFF.
            [0xED, 0xA0, 0x80], [0xED, 0xAF, 0xBF], [0xED, 0xB0, 0x80], [0xED, 0xBF, 0xBF],
            [0xED, 0xA0, 0x80, 0xED, 0xB0, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF7, 0xBF, 0xBF, 0xBF],
            // The suite's own: Greek text, a surrogate, ASCII.
            [
                0xCE, 0xBA, 0xE1, 0xBD, 0xB9, 0xCF, 0x83, 0xCE, 0xBC, 0xCE, 0xB5, 0xED, 0xA0, 0x80, 0x65, 0x64, 0x69,
                0x74,
            ],
        ] as [[UInt8]]
    )
    func refusesWhatIsNotText(bytes: [UInt8]) {
        expectFailure(text(bytes), 1007)
        expectFailure(text(Array("12345678".utf8) + bytes), 1007)
        let frames = bytes.flatMap { more([$0], isFinal: false) }
        expectFailure(text("ä", isFinal: false) + frames + more(""), 1007)
        #expect(replayWebSocket(binary(bytes)).items == [.binary(bytes)])
    }

    @Test func failsAtTheFirstByteThatCannotBe() {
        let frame = text([0xCE, 0xBA, 0xF4, 0x90, 0x80, 0x80, 0x65])
        var connection = WebSocketServerConnection()
        connection.feed(Array(frame.prefix(6 + 3)))
        #expect(connection.next() == .data(kind: .text, bytes: [0xCE, 0xBA, 0xF4], endsMessage: false))
        connection.feed([frame[9]])
        #expect(connection.next() == .send(WebSocketFrameEncoder.close(code: 1007, reason: "text is not UTF-8")))
        #expect(connection.next() == .close(code: 1007, reason: "text is not UTF-8"))
        #expect(connection.next() == nil)
    }

    @Test func agreesWithTheStandardLibrary() {
        var generator = SeededRandom(seed: 11)
        let alphabet: [UInt8] = [0x41, 0x7F, 0x80, 0x9F, 0xA0, 0xBF, 0xC2, 0xDF, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xF5]
        var accepted = 0
        for _ in 0..<3000 {
            let bytes = (0..<Int.random(in: 1...5, using: &generator)).map { _ in
                alphabet.randomElement(using: &generator) ?? 0
            }
            let isText = String(validating: bytes, as: UTF8.self) != nil
            #expect(
                (WebSocketOutcome(feeding: [text(bytes)], to: WebSocketServerConnection()).closeCode == nil) == isText
            )
            accepted += isText ? 1 : 0
        }
        #expect(accepted > 100 && accepted < 2900)
    }
}
