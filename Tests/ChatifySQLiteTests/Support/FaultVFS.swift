internal import CSQLite

/// SQLite's way to the disk (https://sqlite.org/vfs.html), past the ``FaultyDisk`` that a file is on.
///
/// Registered once and for all as the default; tests that run at the same time have folders, and so disks, of their own.
enum FaultVFS {
    /// Made by the first to ask; reading it registers the VFS.
    static let isRegistered = sqlite3_vfs_register(makeVFS(), 1) == SQLITE_OK

    /// The system's own, which does the work; it never changes, so any thread may read it.
    nonisolated(unsafe) fileprivate static let system: UnsafeMutablePointer<sqlite3_vfs> = {
        guard let system = sqlite3_vfs_find("unix") else { preconditionFailure("SQLite has no VFS for files.") }
        return system
    }()

    /// The methods of every open file; never changed once made.
    nonisolated(unsafe) fileprivate static let methods: UnsafePointer<sqlite3_io_methods> = {
        let methods = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
        methods.initialize(to: makeMethods())
        return UnsafePointer(methods)
    }()

    /// The name it is registered under.
    nonisolated(unsafe) private static let name: UnsafePointer<CChar> = {
        let characters = "faulty".utf8CString
        let name = UnsafeMutableBufferPointer<CChar>.allocate(capacity: characters.count)
        _ = name.initialize(from: characters)
        return UnsafePointer(name.baseAddress!)
    }()

    private static func makeVFS() -> UnsafeMutablePointer<sqlite3_vfs> {
        let vfs = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        vfs.initialize(to: self.system.pointee)
        vfs.pointee.zName = Self.name
        vfs.pointee.szOsFile += Int32(OpenFile.stride)
        vfs.pointee.xOpen = { _, path, file, flags, outFlags in openFile(path, file, flags, outFlags) }
        vfs.pointee.xDelete = { _, path, isSynced in deleteFile(path, isSynced: isSynced != 0) }
        return vfs
    }
}

/// What stands at the start of the memory that SQLite keeps for an open file; the system's file follows.
private struct OpenFile {
    /// Where SQLite looks for the methods (https://sqlite.org/c3ref/file.html).
    var methods: UnsafePointer<sqlite3_io_methods>?
    var file: DiskFile
    /// Owned from opening to closing.
    var disk: Unmanaged<FaultyDisk>?

    static let stride = (MemoryLayout<OpenFile>.stride + 15) & ~15
}

extension UnsafeMutablePointer<sqlite3_file> {
    fileprivate var open: UnsafeMutablePointer<OpenFile> {
        UnsafeMutableRawPointer(self).assumingMemoryBound(to: OpenFile.self)
    }

    /// The system's file.
    fileprivate var real: UnsafeMutablePointer<sqlite3_file> {
        (UnsafeMutableRawPointer(self) + OpenFile.stride).assumingMemoryBound(to: sqlite3_file.self)
    }

    fileprivate var realMethods: sqlite3_io_methods { self.real.pointee.pMethods.pointee }

    fileprivate var kind: DiskFile { self.open.pointee.file }

    fileprivate var disk: FaultyDisk? { self.open.pointee.disk?.takeUnretainedValue() }

    /// The code that an operation is to fail with.
    fileprivate func failure(of operation: DiskOperation) -> Int32? {
        self.disk?.failure(of: operation, on: self.kind)
    }
}

private func openFile(
    _ path: UnsafePointer<CChar>?,
    _ file: UnsafeMutablePointer<sqlite3_file>?,
    _ flags: Int32,
    _ outFlags: UnsafeMutablePointer<Int32>?
) -> Int32 {
    guard let file else { return SQLITE_MISUSE }
    let name = path.map { String(cString: $0) } ?? ""
    let disk = FaultyDisk.disk(ofFile: name)
    // Without methods there is nothing to close.
    file.open.initialize(to: OpenFile(methods: nil, file: DiskFile(path: name), disk: nil))
    if let code = disk?.failure(of: .open, on: file.kind) { return code }
    var flags = flags
    if disk?.readOnly.contains(file.kind) == true {
        flags = flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) | SQLITE_OPEN_READONLY
    }
    let result = FaultVFS.system.pointee.xOpen(FaultVFS.system, path, file.real, flags, outFlags)
    guard result == SQLITE_OK else {
        if file.real.pointee.pMethods != nil { _ = file.realMethods.xClose(file.real) }
        return result
    }
    file.open.pointee.methods = FaultVFS.methods
    file.open.pointee.disk = disk.map { Unmanaged.passRetained($0) }
    return SQLITE_OK
}

private func deleteFile(_ path: UnsafePointer<CChar>?, isSynced: Bool) -> Int32 {
    guard let path else { return SQLITE_MISUSE }
    let name = String(cString: path)
    let (disk, file) = (FaultyDisk.disk(ofFile: name), DiskFile(path: name))
    if let code = disk?.failure(of: .delete, on: file) { return code }
    let result = FaultVFS.system.pointee.xDelete(FaultVFS.system, path, 0)
    if result == SQLITE_OK { disk?.record(.delete(file, isSynced: isSynced)) }
    return result
}

private func makeMethods() -> sqlite3_io_methods {
    var methods = sqlite3_io_methods()
    // Version 2: with shared memory, without memory-mapped files.
    methods.iVersion = 2
    methods.xClose = { file in
        guard let file else { return SQLITE_MISUSE }
        let result = file.realMethods.xClose(file.real)
        file.open.pointee.disk?.release()
        file.open.deinitialize(count: 1)
        return result
    }
    methods.xRead = { file, bytes, count, offset in
        guard let file else { return SQLITE_MISUSE }
        return file.failure(of: .read) ?? file.realMethods.xRead(file.real, bytes, count, offset)
    }
    methods.xWrite = { file, bytes, count, offset in
        guard let file, let bytes else { return SQLITE_MISUSE }
        return write(UnsafeRawBufferPointer(start: bytes, count: Int(count)), to: file, at: Int(offset))
    }
    methods.xTruncate = { file, size in
        guard let file else { return SQLITE_MISUSE }
        if let code = file.failure(of: .truncate) { return code }
        file.disk?.record(.truncate(file.kind, size: Int(size)))
        return file.realMethods.xTruncate(file.real, size)
    }
    methods.xSync = { file, _ in
        guard let file else { return SQLITE_MISUSE }
        file.disk?.passSync(of: file.kind)
        if let code = file.failure(of: .sync) { return code }
        file.disk?.record(.sync(file.kind))
        return SQLITE_OK
    }
    methods.xFileSize = { file, size in
        guard let file else { return SQLITE_MISUSE }
        return file.failure(of: .size) ?? file.realMethods.xFileSize(file.real, size)
    }
    methods.xShmMap = { file, page, size, isExtending, memory in
        guard let file else { return SQLITE_MISUSE }
        return file.failure(of: .mapShared)
            ?? file.realMethods.xShmMap(file.real, page, size, isExtending, memory)
    }
    methods.xShmLock = { file, offset, count, flags in
        guard let file else { return SQLITE_MISUSE }
        // Giving a lock back does not fail.
        let failure = flags & SQLITE_SHM_LOCK == 0 ? nil : file.failure(of: .lockShared)
        return failure ?? file.realMethods.xShmLock(file.real, offset, count, flags)
    }
    passThrough(&methods)
    return methods
}

/// The methods that neither fail nor count.
private func passThrough(_ methods: inout sqlite3_io_methods) {
    methods.xLock = { file, level in file.map { $0.realMethods.xLock($0.real, level) } ?? SQLITE_MISUSE }
    methods.xUnlock = { file, level in file.map { $0.realMethods.xUnlock($0.real, level) } ?? SQLITE_MISUSE }
    methods.xCheckReservedLock = { file, result in
        file.map { $0.realMethods.xCheckReservedLock($0.real, result) } ?? SQLITE_MISUSE
    }
    methods.xFileControl = { file, operation, argument in
        file.map { $0.realMethods.xFileControl($0.real, operation, argument) } ?? SQLITE_NOTFOUND
    }
    methods.xSectorSize = { file in file.map { $0.realMethods.xSectorSize($0.real) } ?? 0 }
    methods.xDeviceCharacteristics = { file in
        file.map { $0.realMethods.xDeviceCharacteristics($0.real) } ?? 0
    }
    methods.xShmBarrier = { file in
        if let file { file.realMethods.xShmBarrier(file.real) }
    }
    methods.xShmUnmap = { file, isDeleting in
        file.map { $0.realMethods.xShmUnmap($0.real, isDeleting) } ?? SQLITE_MISUSE
    }
}

/// Writes; a write that is to fail gets half of it done, as a disk does that is full.
private func write(
    _ bytes: UnsafeRawBufferPointer,
    to file: UnsafeMutablePointer<sqlite3_file>,
    at offset: Int
) -> Int32 {
    let failure = file.failure(of: .write)
    let done = UnsafeRawBufferPointer(rebasing: bytes.prefix(failure == nil ? bytes.count : bytes.count / 2))
    file.disk?.record(.write(file.kind, offset: offset, bytes: Array(done)))
    let result = file.realMethods.xWrite(file.real, done.baseAddress, Int32(done.count), Int64(offset))
    return failure ?? result
}
