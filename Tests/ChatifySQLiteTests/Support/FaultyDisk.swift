internal import CSQLite
internal import ChatifyCore
internal import TestSupport

/// The disk of one test's folder: it fails, hangs, counts and remembers as the test wants.
///
/// Syncs do not reach the machine's disk: what would survive a loss of power is told by ``DiskState``.
final class FaultyDisk: Sendable {
    private struct State {
        var fault: DiskFault?
        /// The operations that the fault might have been meant for, so far.
        var candidates = 0
        var raised = 0
        var counts: [DiskOperation: Int] = [:]
        var recording: [DiskChange]?
        var readOnly: Set<DiskFile> = []
    }

    /// The syncs that have begun to hang.
    let heldSyncs = Recorder<DiskFile>()
    private let state = Locked(State())
    private let isHoldingSyncs = Monitor(false)

    /// Lets operations fail from now on.
    func fail(_ fault: DiskFault) {
        self.state.withLock { state in
            state.fault = fault
            (state.candidates, state.raised) = (0, 0)
        }
    }

    /// Lets nothing fail any more.
    func heal() { self.state.withLock { $0.fault = nil } }

    /// How many operations have failed since ``fail(_:)``.
    var raised: Int { self.state.withLock { $0.raised } }

    func count(of operation: DiskOperation) -> Int { self.state.withLock { $0.counts[operation] ?? 0 } }

    func startRecording() { self.state.withLock { $0.recording = [] } }

    /// What happened since ``startRecording()``.
    var recording: [DiskChange] { self.state.withLock { $0.recording ?? [] } }

    /// Lets syncs hang until ``releaseSyncs()``.
    func holdSyncs() { self.isHoldingSyncs.withLockWakingAll { $0 = true } }

    /// The files that can be opened for reading at most.
    var readOnly: Set<DiskFile> {
        get { self.state.withLock { $0.readOnly } }
        set { self.state.withLock { $0.readOnly = newValue } }
    }

    func releaseSyncs() { self.isHoldingSyncs.withLockWakingAll { $0 = false } }
}

// What the VFS asks.
extension FaultyDisk {
    /// Says whether an operation is to fail, and with which code.
    func failure(of operation: DiskOperation, on file: DiskFile) -> Int32? {
        self.state.withLock { state in
            state.counts[operation, default: 0] += 1
            guard let fault = state.fault, fault.operations.contains(operation), fault.files.contains(file) else {
                return nil
            }
            state.candidates += 1
            guard state.candidates >= fault.first, state.candidates - fault.first < fault.count else { return nil }
            state.raised += 1
            return fault.code ?? operation.errorCode
        }
    }

    func record(_ change: DiskChange) { self.state.withLock { $0.recording?.append(change) } }

    /// Blocks the thread that syncs while the disk hangs.
    func passSync(of file: DiskFile) {
        guard self.isHoldingSyncs.withLockWakingAll({ $0 }) else { return }
        self.heldSyncs.record(file)
        _ = self.isHoldingSyncs.wait(atMost: .seconds(30)) { $0 ? nil : true }
    }
}

// Which disk a path is on.
extension FaultyDisk {
    private static let disks = Locked([String: FaultyDisk]())

    /// Puts the files of the folder of that name on a disk, until it is `nil`.
    static func assign(_ disk: FaultyDisk?, toFolder name: String) {
        self.disks.withLock { $0[name] = disk }
    }

    static func disk(ofFile path: String) -> FaultyDisk? {
        guard let folder = path.split(separator: "/").dropLast().last else { return nil }
        return self.disks.withLock { $0[String(folder)] }
    }
}
