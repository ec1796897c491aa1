/// Stands in for a transport that was lost: what is written waits to be acknowledged anyway.
final class DetachedTransport: HubTransport {
    func write(_ bytes: [UInt8]) -> Bool { true }

    func pauseReading() {}

    func resumeReading() {}

    func close(sending bytes: [UInt8]?) {}

    func abort() {}
}
