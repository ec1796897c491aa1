/// What a client may send at most; more is refused before it is buffered.
public struct HTTPLimits: Sendable, Equatable {
    /// Bytes of the request line without its line end; more is answered 414 (default 8192).
    public var maxRequestLineBytes = 8192
    /// Bytes of all field lines with their line ends, and again of all trailers; more is answered 431 (default 16384).
    public var maxHeaderBytes = 16384
    /// Number of field lines, and again of trailers; more is answered 431 (default 100).
    public var maxHeaderCount = 100
    /// Bytes of a body after chunks have been joined; more is answered 413 (default 1 MiB).
    public var maxBodyBytes = 1 << 20

    /// Creates the default limits.
    public init() {}
}
