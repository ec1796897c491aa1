/// How a transport wraps records, so that a broadcast is wrapped once and not once per connection.
///
/// A WebSocket wraps a record in a frame of its own; a transport whose library frames by itself takes ``none``.
public struct HubFraming: Sendable {
    /// A name that is equal for equal framings.
    public let name: String
    /// Wraps whole records.
    public let frame: @Sendable ([UInt8]) -> [UInt8]

    /// Makes a framing; `name` must be equal only for framings that produce equal bytes.
    public init(name: String, frame: @escaping @Sendable ([UInt8]) -> [UInt8]) {
        self.name = name
        self.frame = frame
    }

    /// Records as they are.
    public static let none = HubFraming(name: "none") { $0 }
}
