internal import TestSupport

/// How large a world is and what may happen in it; follows from the seed.
struct WorldSettings {
    var podCount: Int
    var shardsPerPod: Int
    var partitions: Int
    var clientCount: Int
    var channelCount: Int
    /// The messages one user may send in ten seconds; 0 for no limit.
    var sendThreshold: Int
    /// The bytes that may wait for a client.
    var outboundBound: Int
    /// The invocations that may wait on one connection.
    var waitingInvocations: Int
    var historyBatch: Int
    var historyWidth: Int
    var broadcastBatch: Int
    /// Whether pods find past events in the log.
    var hasReplay: Bool
    /// The bytes of recent records that a pod keeps.
    var windowBytes: Int
    /// The kinds of faults that happen in this world; few, so that worlds differ.
    var faults: [Fault]
    /// The virtual time between two faults, at most.
    var calm: Duration
    /// How long faults happen.
    var trouble: Duration

    init(random: inout WorldRandom) {
        self.podCount = random.pick(2...4)
        self.shardsPerPod = random.pick(1...2)
        self.partitions = random.pick(1...3)
        self.clientCount = random.pick(3...9)
        self.channelCount = random.pick(1...3)
        self.sendThreshold = random.pick([0, 0, 5, 12])
        self.outboundBound = random.pick([6_000, 30_000, 1_048_576])
        self.waitingInvocations = random.pick([2, 16])
        self.historyBatch = random.pick([1, 7, 256])
        self.historyWidth = random.pick([1, 4, 64])
        self.broadcastBatch = random.pick([1, 8, 512])
        self.hasReplay = random.percent(60)
        self.windowBytes = random.pick([0, 4_000, 67_108_864])
        var faults = Fault.allCases.filter { _ in random.percent(40) }
        if faults.isEmpty { faults = [.crash] }
        self.faults = faults
        self.calm = .seconds(random.pick(2...12))
        self.trouble = .seconds(random.pick(30...100))
    }
}
