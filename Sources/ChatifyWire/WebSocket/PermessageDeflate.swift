/// The agreement with one client to compress messages (RFC 7692), each for itself.
///
/// No context is taken over from one message to the next, in either direction: so a message for many is compressed once for all
/// of them, and a connection keeps no window between messages.
public struct PermessageDeflate: Sendable, Equatable {
    /// The base-2 logarithm of the window that the server compresses with; a client's window is never smaller.
    public static let windowBits = 12

    /// The window that the client asked the server to keep to, if it did.
    private var serverMaxWindowBits: Int?

    /// Takes the first offer of `head` that can be kept; `nil` if there is none.
    public static func accept(_ head: HTTPRequestHead) -> PermessageDeflate? {
        for offer in WebSocketExtension.offers(in: head) where offer.name == "permessage-deflate" {
            if let accepted = PermessageDeflate(offer) { return accepted }
        }
        return nil
    }

    /// Declines, as RFC 7692 section 7.1 asks, unknown and repeated parameters and values out of range, and windows
    /// smaller than the server's.
    private init?(_ offer: WebSocketExtension) {
        guard Set(offer.parameters.map(\.name)).count == offer.parameters.count else { return nil }
        for parameter in offer.parameters {
            switch (parameter.name, parameter.value) {
            case ("server_no_context_takeover", nil), ("client_no_context_takeover", nil): break
            case ("client_max_window_bits", nil): break
            case ("client_max_window_bits", let value?):
                guard Self.bits(value) != nil else { return nil }
            case ("server_max_window_bits", let value?):
                guard let bits = Self.bits(value), bits >= Self.windowBits else { return nil }
                self.serverMaxWindowBits = bits
            default: return nil
            }
        }
    }

    /// A decimal number from 8 to 15 without leading zeros.
    private static func bits(_ value: String) -> Int? {
        guard let bits = Int(value), (8...15).contains(bits), String(bits) == value else { return nil }
        return bits
    }

    /// The value of `Sec-WebSocket-Extensions` that says so to the client.
    public var response: String {
        let terms = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
        return self.serverMaxWindowBits.map { "\(terms); server_max_window_bits=\($0)" } ?? terms
    }
}
