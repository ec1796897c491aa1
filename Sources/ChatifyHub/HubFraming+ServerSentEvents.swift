extension HubFraming {
    /// Each piece as one event of a `text/event-stream`, ended by an empty line.
    ///
    /// A transport that carries it begins with ``serverSentEventsPreamble``.
    public static let serverSentEvents = HubFraming(
        name: "server-sent-events",
        text: { Self.event($0) },
        binary: nil
    )

    /// A comment: without a first byte some clients never consider the stream open.
    public static let serverSentEventsPreamble: [UInt8] = Array(":\r\n".utf8)

    /// Line breaks in the data begin another `data:` line, as the format has no other way to say them.
    private static func event(_ data: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(data.count + 16)
        var start = data.startIndex
        while true {
            let end = data[start...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? data.endIndex
            bytes += "data: ".utf8
            bytes += data[start..<end]
            bytes += "\r\n".utf8
            guard end < data.endIndex else { break }
            let isPair = data[end] == 0x0D && end + 1 < data.endIndex && data[end + 1] == 0x0A
            start = end + (isPair ? 2 : 1)
        }
        bytes += "\r\n".utf8
        return bytes
    }
}
