internal import ChatifyCore
internal import ChatifySignalR

/// A batch of events on its way to the shards, encoded once for every encoding in use.
///
/// What the batch holds for one scope lies side by side in few arrays, so that a connection queues one array and not one
/// per event. Events of one scope id keep their order, also a channel's and a direct message's of one id, to which a client may be
/// joined together; ids come in the order of their first event.
struct Broadcast: Sendable {
    /// Events of one scope.
    struct Item: Sendable {
        let scope: ChatScope
        fileprivate(set) var events: [EnrichedChatEvent]
        /// The framed records of all events, by ``HubEncoding/index``.
        fileprivate(set) var records: [[UInt8]]
    }

    private(set) var items: [Item] = []
    /// Per partition the offset of the record behind the batch; partitions that the batch has nothing of are left out.
    private(set) var ends: [Int32: Int64] = [:]
    /// When the oldest of the events was made.
    private(set) var oldest = Timestamp(millisecondsSinceEpoch: .max)

    /// The bytes after which another item begins: an item is queued whole or not at all, and a client whose queue has room
    /// should not be shed for the length of an item.
    private static let itemSize = 16_384

    /// Makes a batch that only says where the reading stands.
    init(endingAt ends: [Int32: Int64]) { self.ends = ends }

    /// Encodes the events of a batch of records.
    init(_ batch: BroadcastBatch, encodings: [HubEncoding]) {
        self.init(batch.events, encodings: encodings)
        for record in batch.records { self.ends[record.position.partition] = record.position.offset + 1 }
    }

    /// Encodes events, of which no place in the log is known to be reached.
    init(_ events: [EnrichedChatEvent], encodings: [HubEncoding]) {
        var open: [ScopeID: Int] = [:]
        for event in events {
            self.oldest = min(self.oldest, event.event.createdAt)
            let records = encodings.map { $0.encode(event) }
            let scope = event.event.scope
            if let index = open[scope.id], self.items[index].hasRoom(for: records, in: scope, within: Self.itemSize) {
                self.items[index].append(event, records)
            } else {
                open[scope.id] = self.items.count
                self.items.append(Item(scope: scope, events: [event], records: records))
            }
        }
    }
}

extension Broadcast.Item {
    /// The records of all events in that encoding.
    func records(in encoding: HubEncoding) -> [UInt8] {
        // An encoding that came into use after the batch was encoded has nothing here.
        encoding.index < self.records.count ? self.records[encoding.index] : self.events.flatMap(encoding.encode)
    }

    fileprivate func hasRoom(for records: [[UInt8]], in scope: ChatScope, within size: Int) -> Bool {
        self.scope == scope
            && zip(self.records, records).allSatisfy { $0.count + $1.count <= size }
    }

    fileprivate mutating func append(_ event: EnrichedChatEvent, _ records: [[UInt8]]) {
        self.events.append(event)
        for index in self.records.indices { self.records[index] += records[index] }
    }
}
