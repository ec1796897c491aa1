#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// Bytes that are read from a file or from the standard input.
///
/// Reading blocks the calling thread: for the main thread of a program that does nothing else.
package final class InputFile {
    /// What it is called in messages.
    package let name: String
    /// The bytes there are to read, if that is known.
    package let size: Int?
    private let descriptor: Int32
    private let stop: StopRequest

    /// Opens the file; the standard input for `nil` and `-`.
    package init(path: String?, stop: StopRequest) throws(TransferError) {
        if let path, path != "-" {
            self.name = path
            self.descriptor = open(path, O_RDONLY | O_CLOEXEC)
        } else {
            self.name = "standard input"
            self.descriptor = dup(STDIN_FILENO)
        }
        self.stop = stop
        guard self.descriptor >= 0 else { throw .file("cannot open \(self.name): \(String(cString: strerror(errno)))") }
        self.size = Self.bytesLeft(self.descriptor)
    }

    deinit { close(self.descriptor) }

    /// Returns some bytes, as soon as there are any; none at the end.
    func read() throws(TransferError) -> [UInt8] {
        while true {
            guard self.stop.waitUntilReady(self.descriptor, for: POLLIN) else { throw .stopped }
            var count = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: Self.pieceSize) { buffer, initialized in
                count = systemRead(self.descriptor, buffer.baseAddress, buffer.count)
                initialized = max(0, count)
            }
            if count >= 0 { return bytes }
            guard errno == EINTR || errno == EAGAIN else {
                throw .file("cannot read \(self.name): \(String(cString: strerror(errno)))")
            }
        }
    }

    private static let pieceSize = 131_072

    private static func bytesLeft(_ descriptor: Int32) -> Int? {
        var information = stat()
        guard fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFREG else { return nil }
        // The standard input may have been read in part.
        return max(0, Int(information.st_size) - max(0, Int(lseek(descriptor, 0, SEEK_CUR))))
    }
}

/// `read(2)`, which within the class is the method's name.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}
