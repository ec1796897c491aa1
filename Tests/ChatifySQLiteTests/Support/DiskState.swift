internal import TestSupport

/// One change of a file, as SQLite asked for it.
enum DiskChange: Sendable {
    case write(DiskFile, offset: Int, bytes: [UInt8])
    case truncate(DiskFile, size: Int)
    case sync(DiskFile)
    case delete(DiskFile, isSynced: Bool)
    /// The names of files, and that some are gone, are on the disk.
    case syncFolder

    var file: DiskFile? {
        switch self {
        case .write(let file, _, _), .truncate(let file, _), .sync(let file), .delete(let file, _): file
        case .syncFolder: nil
        }
    }
}

/// What becomes of changes that were not synced when a store ends.
enum DiskLoss: Sendable {
    /// They are there: the process died, the machine did not.
    case nothing
    /// They are gone: the machine lost its power.
    case allUnsynced
    /// Some are there, some are not, some are there in part, in no order.
    case someUnsynced(seed: UInt64)
}

/// What a disk holds for certain, and what it may hold.
struct DiskState: Sendable {
    private var synced: DiskImage
    private var unsynced: [DiskChange] = []

    init(_ image: DiskImage = DiskImage(), after changes: [DiskChange] = []) {
        self.synced = image
        for change in changes { self.apply(change) }
    }

    mutating func apply(_ change: DiskChange) {
        switch change {
        case .sync(let file): self.settle { $0.file == file }
        case .syncFolder: self.settle { if case .delete = $0 { true } else { false } }
        case .delete(let file, isSynced: true):
            self.unsynced.removeAll { $0.file == file }
            self.synced.apply(change)
        case .write, .truncate, .delete: self.unsynced.append(change)
        }
    }

    private mutating func settle(_ isSettled: (DiskChange) -> Bool) {
        for change in self.unsynced where isSettled(change) { self.synced.apply(change) }
        self.unsynced.removeAll(where: isSettled)
    }

    /// What the files hold if the end comes now.
    func image(losing loss: DiskLoss) -> DiskImage {
        var image = self.synced
        switch loss {
        case .nothing: for change in self.unsynced { image.apply(change) }
        case .allUnsynced: break
        case .someUnsynced(let seed):
            var generator = SeededRandom(seed: seed)
            for change in self.unsynced { image.apply(change, inPart: &generator) }
        }
        return image
    }
}

/// The contents of a database's files.
struct DiskImage: Sendable {
    private(set) var files: [DiskFile: [UInt8]] = [:]

    func holding(_ bytes: [UInt8], as file: DiskFile) -> DiskImage {
        var image = self
        image.files[file] = bytes
        return image
    }

    mutating func apply(_ change: DiskChange) {
        switch change {
        case .write(let file, let offset, let bytes):
            var contents = self.files[file] ?? []
            self.files[file] = nil
            let missing = offset + bytes.count - contents.count
            if missing > 0 { contents += [UInt8](repeating: 0, count: missing) }
            contents.withUnsafeMutableBytes { contents in
                UnsafeMutableRawBufferPointer(rebasing: contents[offset...]).copyBytes(from: bytes)
            }
            self.files[file] = contents
        case .truncate(let file, let size): self.files[file] = Array((self.files[file] ?? []).prefix(size))
        case .delete(let file, _): self.files[file] = nil
        case .sync, .syncFolder: break
        }
    }

    /// Applies a change wholly, not at all, or a write up to some sector.
    mutating func apply(_ change: DiskChange, inPart generator: inout SeededRandom) {
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: self.apply(change)
        case 1:
            guard case .write(let file, let offset, let bytes) = change else { return }
            let sectors = Int.random(in: 0...bytes.count / 512, using: &generator)
            self.apply(.write(file, offset: offset, bytes: Array(bytes.prefix(sectors * 512))))
        default: break
        }
    }
}
