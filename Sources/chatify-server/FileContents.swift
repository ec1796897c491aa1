#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// Reads a whole small file.
enum FileContents {
    /// The largest file that is read, in bytes.
    static let maximumSize = 1_048_576

    /// - Parameter option: The option that names the file, for the report.
    /// - Throws: an `ExitCode`, after reporting the failure in one line.
    static func read(_ path: String, option: String) throws -> [UInt8] {
        guard let file = fopen(path, "r") else {
            throw Failure.report("\(option)=\"\(path)\": \(String(cString: strerror(errno)))")
        }
        defer { fclose(file) }
        let bytes = [UInt8](unsafeUninitializedCapacity: self.maximumSize + 1) { buffer, count in
            count = fread(buffer.baseAddress, 1, buffer.count, file)
        }
        guard ferror(file) == 0 else { throw Failure.report("\(option)=\"\(path)\": cannot be read") }
        guard bytes.count <= self.maximumSize else {
            throw Failure.report("\(option)=\"\(path)\": must have at most \(self.maximumSize) bytes")
        }
        return bytes
    }
}
