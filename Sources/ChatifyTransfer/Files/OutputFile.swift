#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// Bytes that are written to a file or to the standard output.
///
/// Writing blocks the calling thread: for the main thread of a program that does nothing else.
package final class OutputFile {
    /// What it is called in messages.
    package let name: String
    private let descriptor: Int32
    private let stop: StopRequest
    private var gathered: [UInt8] = []

    /// Opens the file, new or emptied, for nobody but its owner; the standard output for `nil` and `-`.
    ///
    /// From then on a reader that has gone is an error of the next write, and does not end the process.
    /// - Parameter spared: Files that must not be overwritten.
    package init(path: String?, sparing spared: [String], stop: StopRequest) throws(TransferError) {
        if let path, path != "-" {
            guard !spared.contains(where: { isSameFile($0, path) }) else {
                throw .file("cannot write \(path): it is part of the database")
            }
            self.name = path
            self.descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        } else {
            self.name = "standard output"
            self.descriptor = dup(STDOUT_FILENO)
        }
        self.stop = stop
        guard self.descriptor >= 0 else { throw self.failure }
        signal(SIGPIPE, SIG_IGN)
    }

    deinit { close(self.descriptor) }

    /// Whether people look at the bytes as they come.
    package var isTerminal: Bool { isatty(self.descriptor) == 1 }

    /// Takes bytes, and hands them on when there are enough.
    func write(_ bytes: [UInt8]) throws(TransferError) {
        self.gathered += bytes
        if self.gathered.count >= Self.gatheredSize { try self.flush() }
    }

    /// Hands on what is left, and waits until a file is on the disk.
    func finish() throws(TransferError) {
        try self.flush()
        // Pipes and terminals have no disk.
        guard fsync(self.descriptor) == 0 || errno == EINVAL || errno == EROFS || errno == ENOTSUP else {
            throw self.failure
        }
    }

    private func flush() throws(TransferError) {
        var written = 0
        while written < self.gathered.count {
            guard self.stop.waitUntilReady(self.descriptor, for: POLLOUT) else { throw .stopped }
            let count = self.gathered.withUnsafeBytes { bytes in
                systemWrite(self.descriptor, UnsafeRawBufferPointer(rebasing: bytes[written...].prefix(Self.pieceSize)))
            }
            guard count >= 0 || errno == EINTR || errno == EAGAIN else { throw self.failure }
            written += max(0, count)
        }
        self.gathered.removeAll(keepingCapacity: true)
    }

    private var failure: TransferError { .file("cannot write \(self.name): \(String(cString: strerror(errno)))") }

    private static let gatheredSize = 65_536
    /// What a pipe that is ready takes without blocking, so that a reader that has stalled does not keep it from stopping.
    private static let pieceSize = 4096
}

/// `write(2)`, which within the class is the method's name.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(descriptor, bytes.baseAddress, bytes.count)
}

/// Whether two paths lead to one file, by links too.
private func isSameFile(_ first: String, _ second: String) -> Bool {
    var (left, right) = (stat(), stat())
    guard stat(first, &left) == 0, stat(second, &right) == 0 else { return false }
    return left.st_dev == right.st_dev && left.st_ino == right.st_ino
}
