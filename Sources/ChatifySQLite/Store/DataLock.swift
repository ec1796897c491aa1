#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// Keeps a second process from writing the same database, by a lock on a file beside it.
///
/// A lock of the whole file by `flock(2)`: the system gives it back when the process ends, however it ends. The file
/// stays; it holds the id of the process that had the lock last.
final class DataLock: Sendable {
    private let descriptor: Int32

    /// Why there is no lock.
    enum Refusal: Error {
        /// Another process has it; its id, if it wrote one.
        case held(by: Int32?)
        case failed(errno: Int32)
    }

    /// Takes the lock, and blocks the thread for half a second at most if somebody has it.
    init(path: String) throws(Refusal) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .failed(errno: errno) }
        guard Self.lock(descriptor) else {
            let reason = errno
            let holder = Self.readProcessID(descriptor)
            close(descriptor)
            throw reason == EWOULDBLOCK ? .held(by: holder) : .failed(errno: reason)
        }
        self.descriptor = descriptor
        Self.writeProcessID(descriptor)
    }

    deinit { close(self.descriptor) }

    /// Tries for half a second.
    ///
    /// A process that was just started by the last holder has a part in the lock until it runs its own program.
    private static func lock(_ descriptor: Int32) -> Bool {
        for _ in 0..<50 {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
            guard errno == EWOULDBLOCK || errno == EINTR else { return false }
            poll(nil, 0, 10)
        }
        return flock(descriptor, LOCK_EX | LOCK_NB) == 0
    }

    private static func readProcessID(_ descriptor: Int32) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        return Int32(String(decoding: bytes.prefix(count).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }

    /// For people and for the message of whoever is refused; the lock does not depend on it.
    private static func writeProcessID(_ descriptor: Int32) {
        let bytes = Array("\(getpid())\n".utf8)
        _ = ftruncate(descriptor, 0)
        _ = pwrite(descriptor, bytes, bytes.count, 0)
    }
}
