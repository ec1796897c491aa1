public import ChatifySignalR

/// How a transport wraps records, so that a broadcast is wrapped once and not once per connection.
///
/// A WebSocket wraps a record in a frame of its own; a transport whose library frames by itself takes ``none``.
public struct HubFraming: Sendable {
    /// What a framing is made of, in one place for all connections that have it.
    private final class Rules: Sendable {
        let name: String
        let text: @Sendable ([UInt8]) -> [UInt8]
        let binary: (@Sendable ([UInt8]) -> [UInt8])?

        init(
            name: String,
            text: @escaping @Sendable ([UInt8]) -> [UInt8],
            binary: (@Sendable ([UInt8]) -> [UInt8])?
        ) {
            self.name = name
            self.text = text
            self.binary = binary
        }
    }

    /// A name that is equal for equal framings.
    public var name: String { self.rules.name }
    private let rules: Rules

    /// Makes a framing that makes no difference between text and binary data; `name` must be equal only for framings that
    /// produce equal bytes.
    public init(name: String, frame: @escaping @Sendable ([UInt8]) -> [UInt8]) {
        self.init(name: name, text: frame, binary: frame)
    }

    /// Makes a framing that wraps text and binary data each in its way.
    ///
    /// - Parameters:
    ///   - name: Equal only for framings that produce equal bytes.
    ///   - text: Wraps whole records of UTF-8.
    ///   - binary: Wraps whole records of any bytes, nil for a transport that carries text alone.
    public init(
        name: String,
        text: @escaping @Sendable ([UInt8]) -> [UInt8],
        binary: (@Sendable ([UInt8]) -> [UInt8])?
    ) {
        self.rules = Rules(name: name, text: text, binary: binary)
    }

    /// Records as they are.
    ///
    /// A transport that must tell text from binary messages asks ``HubConnection/transferFormat``.
    public static let none = HubFraming(name: "none") { $0 }

    /// What the transport can carry.
    public var transferFormats: [TransferFormat] { self.carriesBinary ? [.text, .binary] : [.text] }

    var carriesBinary: Bool { self.rules.binary != nil }

    /// Wraps whole records of that format, which must be one of ``transferFormats``.
    public func frame(_ records: [UInt8], as format: TransferFormat) -> [UInt8] {
        guard format == .binary else { return self.rules.text(records) }
        guard let binary = self.rules.binary else { preconditionFailure("the framing \(self.name) carries text alone") }
        return binary(records)
    }
}
