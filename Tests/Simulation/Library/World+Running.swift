internal import ChatifyCore

extension World {
    /// Runs the world from its beginning to its end.
    ///
    /// Trouble comes first; then everything is well again, and the world has to come to rest, with nothing missing anywhere.
    func run() {
        self.pods = (0..<self.settings.podCount).map { Pod(number: $0, world: self) }
        for pod in self.pods { pod.start() }
        self.populate()
        self.trouble()
        self.proceed(for: self.settings.trouble)
        self.isTroubled = false
        self.trace("trouble is over")
        // Whatever fault is under way ends within this time.
        self.proceed(for: .seconds(80))
        self.proceed(for: .seconds(240)) { self.isAtRest }
        if !self.isAtRest { self.violate("the world comes to rest", self.unrest) }
        // Dead connections expire, and the sweepers find them.
        self.proceed(for: .seconds(100))
        self.checkEnd()
        self.close()
    }

    private func populate() {
        let channels = (0..<self.settings.channelCount).map { ScopeID(unchecked: "channel-\($0)") }
        for number in 0..<self.settings.clientCount {
            var wanted = channels.filter { _ in self.random.percent(60) }.map {
                WantedScope(id: $0, type: self.random.percent(70) ? .channel : nil)
            }
            if wanted.isEmpty { wanted = [WantedScope(id: channels[0], type: .channel)] }
            if self.random.percent(50) {
                let pair = ScopeID(unchecked: "u\(number / 2 * 2)-u\(number / 2 * 2 + 1)")
                wanted.append(WantedScope(id: pair, type: self.random.percent(50) ? .directMessage : nil))
            }
            // Some users have two clients.
            let name = self.random.percent(35) && number > 1 ? "u0" : "u\(number)"
            let own = wanted.filter {
                !$0.id.rawValue.hasPrefix("u") || $0.id.rawValue.split(separator: "-").contains { $0 == name }
            }
            self.clients.append(Client(name: name, world: self, wanted: own))
        }
        for client in self.clients { client.start() }
    }

    /// Lets time pass until `isDone`, or a promise is broken.
    private func proceed(for duration: Duration, until isDone: () -> Bool = { false }) {
        let deadline = self.scheduler.now + duration
        let isStuck = self.scheduler.run(until: deadline) { self.violation != nil || isDone() }
        if isStuck { self.violate("time goes on", "a livelock") }
    }

    private var isAtRest: Bool {
        self.pods.allSatisfy { $0.state == .running } && self.clients.allSatisfy(\.isSettled) && self.ledger.isDone
    }

    private var unrest: String {
        let pods = self.pods.filter { $0.state != .running }.map { "\($0.podID)" }
        let clients = self.clients.filter { !$0.isSettled }.map { "\($0.name) \($0.phase) \($0.calls.values)" }
        return "pods \(pods), clients \(clients), history written: \(self.ledger.isDone)"
    }

    /// The partition of a scope.
    func partition(of scope: ChatScope) -> Int {
        Int(CRC32.partition(of: scope.id, among: Int32(self.settings.partitions)))
    }

    /// Stops all pods in good order, so that nothing of the world is left.
    private func close() {
        for pod in self.pods { pod.stop() }
        self.proceed(for: .seconds(60)) { self.pods.allSatisfy { $0.state == .gone } }
        if let pod = self.pods.first(where: { $0.state != .gone }) {
            self.violate("a pod stops when it is asked to", "\(pod.podID) goes on")
        }
    }
}

extension Pod {
    /// The first offset that live delivery has yet to read.
    func nextOffset(of partition: Int) -> Int64 {
        let committed = self.world.log.memory.committedOffsets(of: "broadcast-\(self.podID)")
        return self.deliveries.next[partition] ?? committed?[partition] ?? 0
    }
}
