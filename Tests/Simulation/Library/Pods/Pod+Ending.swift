internal import ChatifyCore
internal import ChatifyHub

extension Pod {
    /// Ends the pod as SIGKILL does: nothing of it runs any more, its sockets break.
    func crash() {
        self.state = .gone
        for lane in self.lanes { lane.die() }
        self.loseSockets()
        // The log hears nothing of it any more, and puts it out after a time.
        self.world.scheduler.after(.seconds(8)) {
            self.world.outside.post {
                Task(executorPreference: self.world.outside) {
                    await self.broadcastConsumer.close()
                    await self.historyConsumer.close()
                }
            }
        }
    }

    /// Ends the pod as SIGTERM does: clients are sent elsewhere, what they sent is answered, services end.
    func stop() {
        guard self.state == .running else { return }
        self.state = .stopping
        self.pool.post { Task(executorPreference: self.pool) { await self.shutDown() } }
    }

    private func shutDown() async {
        let deadline = self.world.scheduler.now + .seconds(20)
        while self.world.scheduler.now < deadline, await self.drain() > 0 {
            await self.world.scheduler.sleep(.milliseconds(200))
        }
        await self.endServices()
        await self.hub.presenceIsReported()
        await self.broadcastConsumer.close()
        await self.historyConsumer.close()
        self.hub.removeShards()
        self.state = .gone
        self.loseSockets()
        self.world.scheduler.note(UInt64(self.number))
    }

    /// Asks some connections to go, and returns how many are still there.
    private func drain() async -> Int {
        var rest = 0
        for (index, loop) in self.loops.enumerated() where index < self.shards.count {
            rest += await Task(executorPreference: loop) {
                _ = self.shards[index].drain(atMost: 5)
                return self.shards[index].connectionCount
            }.value
        }
        return rest
    }

    private func loseSockets() {
        for socket in self.sockets { socket.podIsGone() }
        self.sockets = []
    }
}
