internal import ChatifyCore
internal import ChatifySQLite
internal import TestSupport
internal import Testing

/// How a store may end.
enum Crash: CaseIterable, Sendable {
    case ofTheProcess, ofThePower, ofThePowerAmongWrites

    func loss(seed: UInt64) -> DiskLoss {
        switch self {
        case .ofTheProcess: .nothing
        case .ofThePower: .allUnsynced
        case .ofThePowerAmongWrites: .someUnsynced(seed: seed)
        }
    }
}

/// The workload once, and then a crash after each of its changes of the disk.
@Suite(.timeLimit(.minutes(5))) struct CrashTests {
    /// Runs the workload and returns what was promised, and what was done to the disk.
    private static func record(
        _ configuration: SQLiteConfiguration
    ) async throws -> (ledger: Ledger, recording: [DiskChange]) {
        let folder = TemporaryFolder()
        folder.disk.startRecording()
        var workload = Workload(on: folder.disk)
        try await withStore(in: folder, configuration) { store in try await workload.run(on: store) }
        #expect(folder.disk.recording.contains { $0.isCheckpoint })
        #expect(workload.ledger.sent.count == workload.ledger.attempted.count - workload.ledger.kept.count)
        return (workload.ledger, folder.disk.recording)
    }

    /// Opens what a crash has left.
    private static func brokenPromises(of image: DiskImage, to ledger: Ledger) async throws -> [String] {
        let folder = try TemporaryFolder(holding: image)
        var ledger = ledger
        return try await withStore(in: folder, Workload.configuration) { try await ledger.brokenPromises(of: $0) }
    }

    @Test(arguments: Crash.allCases)
    func whateverIsAcknowledgedIsKept(crash: Crash) async throws {
        let (ledger, recording) = try await Self.record(Workload.configuration)
        var state = DiskState()
        for (index, change) in recording.enumerated() {
            state.apply(change)
            let image = state.image(losing: crash.loss(seed: UInt64(index)))
            let broken = try await Self.brokenPromises(of: image, to: ledger.first(index + 1))
            #expect(broken == [], "after \(index + 1) changes")
        }
    }

    /// Whoever opens what a crash has left may crash as well.
    @Test(arguments: Crash.allCases)
    func aSecondCrashTakesNoMore(crash: Crash) async throws {
        let (ledger, recording) = try await Self.record(Workload.configuration)
        let stride = recording.count / 8
        for count in Swift.stride(from: stride, to: recording.count, by: stride) {
            let left = DiskState(after: Array(recording.prefix(count))).image(losing: crash.loss(seed: 1))
            let folder = try TemporaryFolder(holding: left)
            folder.disk.startRecording()
            try await withStore(in: folder, Workload.configuration) { _ in }
            var state = DiskState(left)
            for (index, change) in folder.disk.recording.enumerated() {
                state.apply(change)
                let image = state.image(losing: crash.loss(seed: UInt64(index)))
                let broken = try await Self.brokenPromises(of: image, to: ledger.first(count))
                #expect(broken == [], "after \(count) and \(index + 1) changes")
            }
        }
    }

    /// Without waiting for the disk, a loss of power may take what was acknowledged last, and nothing else.
    @Test func withoutSyncsTheFileStaysWhole() async throws {
        var configuration = Workload.configuration
        configuration.synchronous = .normal
        let (ledger, recording) = try await Self.record(configuration)
        var (state, losses) = (DiskState(), 0)
        for (index, change) in recording.enumerated() {
            state.apply(change)
            guard index.isMultiple(of: 2) else { continue }
            let lost = try await Self.brokenPromises(of: state.image(losing: .allUnsynced), to: ledger.first(index + 1))
            losses += lost.isEmpty ? 0 : 1
            let whole = try await Self.brokenPromises(of: state.image(losing: .nothing), to: ledger.first(index + 1))
            #expect(whole == [], "after \(index + 1) changes")
            let image = state.image(losing: .someUnsynced(seed: UInt64(index)))
            let consistent = try await Self.brokenPromises(of: image, to: ledger.first(0))
            #expect(consistent == [], "after \(index + 1) changes")
        }
        #expect(losses > 0, "The setting makes no difference.")
    }
}

extension DiskChange {
    /// Whether it moves a page into the database itself.
    fileprivate var isCheckpoint: Bool {
        if case .write(.database, _, _) = self { true } else { false }
    }
}
