/// Carries what one client sends and receives; confined to the client's loop.
protocol LoadTransport: AnyObject {
    /// Who is told what happens; let go of at the end.
    var handler: (any LoadTransportHandler)? { get set }

    /// The answers to polls so far; 0 for transports that do not poll.
    var answers: Int { get }

    /// Asks the server to open it.
    func begin()

    /// A payload as ``write(_:)`` takes it; several may be joined.
    func frame(_ payload: [UInt8]) -> [UInt8]

    func write(_ frames: [UInt8])

    func stopReading()

    func close()
}

/// Hears what a ``LoadTransport`` brings.
protocol LoadTransportHandler: AnyObject {
    /// The server has opened the transport; called once.
    func opened()

    /// A payload from the server; the bytes are good until the call returns.
    func received(_ payload: UnsafeRawBufferPointer)

    /// The last call.
    func closed()
}
