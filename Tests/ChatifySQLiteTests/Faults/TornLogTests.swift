internal import ChatifyCore
internal import ChatifySQLite
internal import TestSupport
internal import Testing

/// What a crash may leave at the end of the write-ahead log (https://sqlite.org/fileformat2.html#walformat).
@Suite(.timeLimit(.minutes(5))) struct TornLogTests {
    private static let frame = 24 + 4096
    private static let header = 32

    /// The workload's promises, and what its files held when it had died without closing the store.
    private static func dead() async throws -> (ledger: Ledger, changes: [DiskChange]) {
        let folder = TemporaryFolder()
        folder.disk.startRecording()
        var workload = Workload(on: folder.disk)
        let changes = try await withStore(in: folder, Workload.configuration) { store in
            try await workload.run(on: store)
            return folder.disk.recording
        }
        return (workload.ledger, changes)
    }

    private static func brokenPromises(of image: DiskImage, to ledger: Ledger) async throws -> [String] {
        let folder = try TemporaryFolder(holding: image)
        var ledger = ledger
        return try await withStore(in: folder, Workload.configuration) { try await ledger.brokenPromises(of: $0) }
    }

    @Test func whatLiesBehindTheLastCommitCountsForNothing() async throws {
        let (ledger, changes) = try await Self.dead()
        let image = DiskState(after: changes).image(losing: .nothing)
        let log = try #require(image.files[.writeAheadLog])
        #expect(log.count > Self.header + Self.frame)
        var generator = SeededRandom(seed: 1)
        let lastFrame = Array(log.suffix(Self.frame))
        let tails: [[UInt8]] = [
            [], [0], generator.bytes(10_000), Array(lastFrame.prefix(20)), Array(lastFrame.prefix(2000)), lastFrame,
            [UInt8](repeating: 0, count: Self.frame * 3),
        ]
        for (index, tail) in tails.enumerated() {
            let torn = image.holding(log + tail, as: .writeAheadLog)
            #expect(try await Self.brokenPromises(of: torn, to: ledger) == [], "tail \(index)")
        }
        let index = image.holding(generator.bytes(32_768), as: .sharedMemory)
        #expect(try await Self.brokenPromises(of: index, to: ledger) == [], "index")
    }

    /// The frames of a commit that was under way, one bit of each flipped: the commit never was.
    @Test func aDamagedFrameThatWasNotAcknowledgedTakesNothingWithIt() async throws {
        let (ledger, changes) = try await Self.dead()
        var (state, flipped) = (DiskState(), 0)
        for (index, change) in changes.enumerated() {
            if case .write(.writeAheadLog, let offset, let bytes) = change, bytes.count == 4096 {
                var (damaged, bytes) = (state, bytes)
                bytes[index % bytes.count] ^= 0x10
                damaged.apply(.write(.writeAheadLog, offset: offset, bytes: bytes))
                let image = damaged.image(losing: .nothing)
                #expect(try await Self.brokenPromises(of: image, to: ledger.first(index)) == [], "change \(index)")
                flipped += 1
            }
            state.apply(change)
        }
        #expect(flipped > 20)
    }
}
