/// A part of a request, in the order `head`, any number of `body`, `end`.
public enum HTTPRequestEvent: Sendable, Equatable {
    /// The request line and the fields are complete and sound.
    case head(HTTPRequestHead)
    /// Bytes of the body, as they came; never empty.
    case body([UInt8])
    /// The request is complete; the next one may follow.
    case end
}
