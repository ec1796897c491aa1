public import ChatifyCore

extension ChatHub: ChatEventSubscriber {
    /// Pushes events to all connections that are joined to their scopes; returns when every shard has queued them.
    public func receive(_ events: [EnrichedChatEvent]) async { await self.receive(BroadcastBatch(events)) }

    /// Pushes a batch's events to all connections that are joined to their scopes, and keeps all of it for clients that resume.
    ///
    /// Returns when every shard has queued the events.
    public func receive(_ batch: BroadcastBatch) async {
        let shards = self.live.withLock { live in
            live.window.append(batch.records, now: self.surroundings.now())
            return live.shards
        }
        await self.deliver(Broadcast(batch, encodings: self.encodings.all), to: shards)
    }

    /// Learns where the log is read from, so that clients can resume before the first event comes.
    public func begin(at offsets: [Int32: Int64]) async {
        let shards = self.live.withLock { live in
            live.window.begin(at: offsets)
            return live.shards
        }
        await self.deliver(Broadcast(endingAt: offsets), to: shards)
    }

    private func deliver(_ broadcast: Broadcast, to shards: [Confined<HubShard>]) async {
        await withDiscardingTaskGroup { group in
            for shard in shards {
                group.addTask(executorPreference: shard.executor) { shard.value.deliver(broadcast) }
            }
        }
    }

    /// Finds past events in what this pod holds in memory.
    func find(_ scopes: [ChatScope], partition: Int32, offsets: Range<Int64>, limit: Int) -> ReplayWindow.Finding {
        self.live.withLock { $0.window.find(scopes, partition: partition, offsets: offsets, limit: limit) }
    }
}

/// What live delivery works on, under one lock, so that a shard knows exactly from which record on it is served.
struct LiveDelivery {
    /// All shards, each at its index.
    var shards: [Confined<HubShard>] = []
    /// What was read last.
    var window: ReplayWindow
}
