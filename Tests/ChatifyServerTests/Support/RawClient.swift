import Foundation
import TestSupport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A client's socket, bytes in and bytes out, with a thread of its own that reads.
final class RawClient: Sendable {
    enum Event: Sendable, Hashable {
        case received([UInt8])
        case end
    }

    struct Failure: Error {
        let call: String
        let number: Int32
    }

    let events = Recorder<Event>()
    private let handle: SocketHandle
    private var socket: Int32 { self.handle.descriptor }

    /// Connects to that port on loopback.
    init(port: Int) throws {
        #if canImport(Glibc)
            let kind = Int32(SOCK_STREAM.rawValue)
        #else
            let kind = SOCK_STREAM
        #endif
        let handle = SocketHandle(descriptor: Glibc.socket(AF_INET, kind, 0))
        self.handle = handle
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(handle.descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw Failure(call: "connect", number: errno) }
        let events = self.events
        Thread.detachNewThread { Self.read(handle, events) }
    }

    private static func read(_ handle: SocketHandle, _ events: Recorder<Event>) {
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = recv(handle.descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            events.record(.received(Array(buffer[..<count])))
        }
        events.record(.end)
    }

    func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { Glibc.send(self.socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard sent > 0 else { return }
            rest = rest.dropFirst(sent)
        }
    }

    func send(_ text: String) { self.send(Array(text.utf8)) }

    /// Says that nothing more will be sent.
    func sendEnd() { shutdown(self.socket, Int32(SHUT_WR)) }

    /// Ends both directions; the thread sees the end.
    func close() { shutdown(self.socket, Int32(SHUT_RDWR)) }

    /// All that came so far, as text.
    var text: String { self.events.all.text }

    /// Waits until what came contains `text` so many times.
    @discardableResult
    func wait(for text: String, times: Int = 1) async -> String {
        await self.events.wait { $0.text.components(separatedBy: text).count > times || $0.last == .end }.text
    }

    /// Waits until the server has ended the connection.
    @discardableResult
    func waitForEnd() async -> String { await self.events.wait { $0.last == .end }.text }
}

extension [RawClient.Event] {
    var text: String {
        var bytes: [UInt8] = []
        for case .received(let more) in self { bytes += more }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// A socket that is closed when neither the client nor its thread can use it any more.
///
/// Closed sooner, its number could already be another test's socket when the client ends it.
private final class SocketHandle: Sendable {
    let descriptor: Int32

    init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { Glibc.close(self.descriptor) }
}
