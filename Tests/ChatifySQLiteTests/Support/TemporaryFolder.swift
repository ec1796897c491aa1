internal import Foundation

/// A folder for one test's database, on a disk of its own, gone with the test.
final class TemporaryFolder: Sendable {
    let path: String
    let disk = FaultyDisk()
    private let name = "chatify-\(UUID().uuidString)"

    init() {
        precondition(FaultVFS.isRegistered, "SQLite takes no other VFS.")
        self.path = Self.parent + self.name
        FaultyDisk.assign(self.disk, toFolder: self.name)
    }

    deinit {
        FaultyDisk.assign(nil, toFolder: self.name)
        try? FileManager.default.removeItem(atPath: self.path)
    }

    /// In memory where the system has that: what a disk loses is told by ``FaultyDisk``, not by the machine's.
    private static let parent =
        FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm/" : NSTemporaryDirectory()

    var database: String { self.path + "/chatify.db" }
}

extension TemporaryFolder {
    func path(of file: DiskFile) -> String { self.database + file.suffix }

    /// Makes the folder, which opening a store does otherwise.
    func make() throws {
        try FileManager.default.createDirectory(atPath: self.path, withIntermediateDirectories: true)
    }

    /// The contents of a file; `nil` if there is none.
    func contents(of file: DiskFile) -> [UInt8]? {
        Self.contents(ofFile: self.path(of: file))
    }

    /// The contents of all files that have some, but those that lock or can be made again.
    var contents: [String: [UInt8]] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: self.path)) ?? []
        return names.filter { !$0.hasSuffix("-lock") && !$0.hasSuffix("-shm") }.reduce(into: [:]) { contents, name in
            let bytes = Self.contents(ofFile: self.path + "/" + name) ?? []
            if !bytes.isEmpty { contents[name] = bytes }
        }
    }

    /// Read by hand: Foundation leaks memory when it reads an empty file, which would spoil a search for leaks.
    private static func contents(ofFile path: String) -> [UInt8]? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var (bytes, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 65_536))
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            guard count > 0 else { return bytes }
            bytes += buffer.prefix(count)
        }
    }

    /// Writes a file, making the folder if need be.
    func write(_ bytes: [UInt8], to file: DiskFile) throws {
        try self.make()
        try Data(bytes).write(to: URL(fileURLWithPath: self.path(of: file)))
    }

    /// Makes a folder whose database is what a disk held at some moment.
    convenience init(holding image: DiskImage) throws {
        self.init()
        for (file, bytes) in image.files { try self.write(bytes, to: file) }
    }
}
