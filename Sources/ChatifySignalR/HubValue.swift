/// An argument, item or result of a hub message, whichever protocol carried it.
public enum HubValue: Hashable, Sendable {
    /// No value.
    case null
    /// A truth value.
    case bool(Bool)
    /// A number that was written as an integer and fits 64 bits.
    case integer(Int64)
    /// Any other number; written as null in JSON if it is not finite.
    case double(Double)
    /// A text.
    case string(String)
    /// Binary data; base64 in JSON, from where it comes back as a ``string(_:)``.
    case bytes([UInt8])
    /// A time of the years 1–9999; ISO 8601 in JSON, from where it comes back as a ``string(_:)``.
    case time(millisecondsSinceEpoch: Int64)
    /// An ordered list.
    case array([HubValue])
    /// Named values in the order in which they were written; names may repeat.
    case object([Member])
    /// A value that somebody encoded before in the very protocol that is to carry it; never the outcome of decoding.
    case encoded([UInt8])

    /// One named value of an ``object(_:)``.
    public struct Member: Hashable, Sendable {
        /// The name, as it was written.
        public var name: String
        /// The value of that name.
        public var value: HubValue

        /// Names `value`.
        public init(_ name: String, _ value: HubValue) {
            self.name = name
            self.value = value
        }
    }
}
