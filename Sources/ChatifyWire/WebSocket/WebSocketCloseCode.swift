/// The numbers that say why a WebSocket ends (RFC 6455 section 7.4 and the IANA registry).
public enum WebSocketCloseCode {
    /// The purpose is fulfilled.
    public static let normal: UInt16 = 1000
    /// The peer broke RFC 6455.
    public static let protocolError: UInt16 = 1002
    /// Stands for "no code was given" and is never sent.
    public static let noStatus: UInt16 = 1005
    /// A text message was not UTF-8.
    public static let invalidPayload: UInt16 = 1007
    /// The peer broke a rule of ours.
    public static let policyViolation: UInt16 = 1008
    /// A frame or message was over the limit.
    public static let messageTooBig: UInt16 = 1009

    /// Whether `code` may stand in a close frame: registered, or 3000–4999 for libraries and applications.
    public static func isSendable(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
