internal import ChatifyCore
internal import Foundation

/// A file that only grows, by what is on the disk when it is answered.
struct AppendOnlyFile: ~Copyable, Sendable {
    /// Brings a file to the disk; 0 if it did.
    typealias Sync = @Sendable (_ descriptor: Int32) -> Int32

    private let descriptor: Int32
    private let sync: Sync
    /// The bytes that are there.
    private(set) var count: Int
    /// After a failure nobody knows what the disk has.
    private var hasFailed = false

    private init(owning descriptor: Int32, sync: @escaping Sync) {
        self.descriptor = descriptor
        self.sync = sync
        self.count = Int(lseek(descriptor, 0, SEEK_END))
    }

    /// Opens or makes the file, and keeps other processes out.
    static func open(path: String, sync: @escaping Sync) throws(ChatError) -> AppendOnlyFile {
        let descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .unusable(path, "cannot be opened") }
        let file = AppendOnlyFile(owning: descriptor, sync: sync)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw .unusable(path, "is in use") }
        guard Self.syncFolder(of: path), sync(descriptor) == 0 else { throw .unusable(path, "cannot be synced") }
        return file
    }

    deinit { close(self.descriptor) }

    /// fsync(2).
    static let sync: Sync = { fsync($0) }

    /// Writes `bytes` behind all others and returns where they are, once the disk has them.
    mutating func append(_ bytes: [UInt8]) throws(ChatError) -> Range<Int> {
        guard !self.hasFailed else { throw .failed("The disk failed before; open the file anew.") }
        var written = 0
        while written < bytes.count {
            let result = bytes[written...].withUnsafeBytes { write(self.descriptor, $0.baseAddress, $0.count) }
            if result < 0, errno == EINTR { continue }
            guard result > 0 else {
                self.hasFailed = true
                throw .failed("Writing failed with error \(errno).")
            }
            written += result
        }
        guard self.sync(self.descriptor) == 0 else {
            // What a failed sync has written, a later one may report as written though it is not (fsync(2), "Notes").
            self.hasFailed = true
            throw .failed("Syncing failed with error \(errno).")
        }
        defer { self.count += bytes.count }
        return self.count..<(self.count + bytes.count)
    }

    /// Returns the bytes of a place that was written.
    func read(_ place: Range<Int>) throws(ChatError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: place.count)
        var count = 0
        while count < bytes.count {
            let result = bytes[count...].withUnsafeMutableBytes {
                pread(self.descriptor, $0.baseAddress, $0.count, off_t(place.lowerBound + count))
            }
            if result < 0, errno == EINTR { continue }
            guard result > 0 else { throw .failed("Reading failed with error \(errno).") }
            count += result
        }
        return bytes
    }

    /// Cuts off what is behind the first `count` bytes.
    mutating func truncate(to count: Int) throws(ChatError) {
        guard ftruncate(self.descriptor, off_t(count)) == 0, self.sync(self.descriptor) == 0 else {
            throw .failed("Cutting off a torn line failed with error \(errno).")
        }
        self.count = count
    }

    /// A file that was just made is found after a loss of power only if its folder was synced too.
    private static func syncFolder(of path: String) -> Bool {
        let folder = Foundation.open(URL(fileURLWithPath: path).deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { return false }
        defer { close(folder) }
        return fsync(folder) == 0
    }
}

extension ChatError {
    fileprivate static func failed(_ message: String) -> ChatError { ChatError(.unavailable, message) }

    fileprivate static func unusable(_ path: String, _ reason: String) -> ChatError {
        ChatError(.configuration, "The history file \(path) \(reason).")
    }
}
