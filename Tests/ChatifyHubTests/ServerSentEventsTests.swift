import ChatifySignalR
import Testing

@testable import ChatifyHub

struct ServerSentEventsTests {
    @Test(arguments: [
        ("{}\u{1e}", "data: {}\u{1e}\r\n\r\n"), ("", "data: \r\n\r\n"), ("a\nb", "data: a\r\ndata: b\r\n\r\n"),
        ("a\r\nb", "data: a\r\ndata: b\r\n\r\n"), ("a\rb", "data: a\r\ndata: b\r\n\r\n"),
        ("\n\na\r\n", "data: \r\ndata: \r\ndata: a\r\ndata: \r\n\r\n"), ("a\r", "data: a\r\ndata: \r\n\r\n"),
        ("é🙂", "data: é🙂\r\n\r\n"),
    ])
    func `A piece becomes an event, a line break a line of its own`(_ data: String, _ event: String) {
        let framed = HubFraming.serverSentEvents.frame(Array(data.utf8), as: .text)
        #expect(String(decoding: framed, as: UTF8.self) == event)
    }
}
