import ChatifyCore
import TestSupport
import Testing

@testable import ChatifyHub

struct ReplayWindowTests {
    private static let general = ChatScope.channel(ScopeID(unchecked: "general"))
    private static let other = ChatScope.channel(ScopeID(unchecked: "other"))
    private let start = ContinuousClock.now

    private func window(bytes: Int = 1_000_000, age: Duration = .seconds(60)) -> ReplayWindow {
        ReplayWindow(maximumBytes: bytes, maximumAge: age)
    }

    private static func record(
        _ offset: Int64,
        _ scope: ChatScope = general,
        partition: Int32 = 0,
        text: String = ""
    ) -> ChatRecord {
        var event = EnrichedChatEvent.sample(text, in: scope, offset: offset)
        event.position.partition = partition
        return ChatRecord(position: event.position, payload: .event(event.event))
    }

    private static func poison(_ offset: Int64) -> ChatRecord {
        let position = LogPosition(partition: 0, offset: offset)
        return ChatRecord(position: position, payload: .undecodable(value: [], reason: "poison"))
    }

    private func find(
        in window: ReplayWindow,
        _ offsets: Range<Int64>,
        _ scopes: [ChatScope] = [general],
        partition: Int32 = 0,
        limit: Int = 100
    ) -> Found {
        switch window.find(scopes, partition: partition, offsets: offsets, limit: limit) {
        case .events(let events): .events(events.map(\.position.offset))
        case .begins(let first): .begins(first)
        case .tooMany: .tooMany
        }
    }

    private enum Found: Equatable {
        case events([Int64])
        case begins(Int64)
        case tooMany
    }

    @Test func `What was read is found by scope and place, oldest first`() {
        var window = self.window()
        window.append([Self.record(5), Self.record(6, Self.other), Self.poison(7), Self.record(8)], now: self.start)
        #expect(window.ends == [0: 9])
        #expect(self.find(in: window, 5..<9) == .events([5, 8]))
        #expect(self.find(in: window, 6..<9) == .events([8]))
        #expect(self.find(in: window, 5..<8) == .events([5]))
        #expect(self.find(in: window, 5..<9, [Self.general, Self.other]) == .events([5, 6, 8]))
        #expect(self.find(in: window, 9..<9) == .events([]))
        #expect(self.find(in: window, 4..<9) == .begins(5))
        #expect(self.find(in: window, 2..<4) == .begins(4), "nothing of it is held")
        #expect(self.find(in: window, 5..<9, limit: 1) == .tooMany)
        #expect(self.find(in: window, 5..<9, limit: 2) == .events([5, 8]))
        #expect(self.find(in: window, 0..<3, partition: 1) == .begins(3), "a partition that was never read")
    }

    @Test func `Where the reading begins is known before anything is read`() {
        var window = self.window()
        window.begin(at: [0: 7, 1: 0])
        #expect(window.ends == [0: 7, 1: 0])
        #expect(self.find(in: window, 7..<7) == .events([]))
        #expect(self.find(in: window, 6..<7) == .begins(7))
        window.append([Self.record(7)], now: self.start)
        window.begin(at: [0: 8])
        #expect(self.find(in: window, 7..<8) == .events([7]), "the reading goes on where it was")
        window.begin(at: [0: 5])
        #expect(self.find(in: window, 5..<5) == .events([]), "the reading begins anew")
        #expect(window.bytes == 0)
    }

    @Test func `A gap begins the window anew, a repeat does not`() {
        var window = self.window()
        window.append([Self.record(1), Self.record(2)], now: self.start)
        window.append([Self.record(1), Self.record(2), Self.record(3)], now: self.start)
        #expect(self.find(in: window, 1..<4) == .events([1, 2, 3]))
        window.append([Self.record(5)], now: self.start)
        #expect(self.find(in: window, 3..<6) == .begins(5))
        #expect(self.find(in: window, 5..<6) == .events([5]))
    }

    @Test func `Another record at a place that is held is another log`() {
        var window = self.window()
        window.append((0..<4).map { Self.record($0) }, now: self.start)
        window.append([Self.record(1, text: "not what was there")], now: self.start)
        #expect(window.ends == [0: 2])
        #expect(self.find(in: window, 0..<2) == .begins(1))
    }

    @Test func `The window is bounded in bytes over all partitions, what was read first goes first`() {
        let size = Self.record(0).approximateSize
        var window = self.window(bytes: 3 * size)
        window.append([Self.record(0), Self.record(1)], now: self.start)
        window.append([Self.record(0, partition: 1), Self.record(1, partition: 1)], now: self.start + .seconds(1))
        #expect(window.bytes == 3 * size)
        #expect(self.find(in: window, 0..<2) == .begins(1))
        #expect(self.find(in: window, 0..<2, partition: 1) == .events([0, 1]))
        window.append([Self.record(2, text: String(repeating: "x", count: 10 * size))], now: self.start + .seconds(2))
        #expect(window.bytes == 0, "one that is too large is not kept")
        #expect(window.ends == [0: 3, 1: 2])
        #expect(self.find(in: window, 3..<3) == .events([]))
    }

    @Test func `Who is in a quiet scope misses nothing because others talk`() {
        var window = self.window(bytes: 3 * Self.record(0).approximateSize)
        window.append([Self.record(0, Self.other), Self.record(1)], now: self.start)
        window.append((2..<1000).map { Self.record($0, Self.other) }, now: self.start)
        #expect(self.find(in: window, 2..<1000) == .events([]))
        #expect(self.find(in: window, 1..<1000) == .begins(997))
        #expect(self.find(in: window, 2..<1000, [Self.other]) == .begins(997))
        #expect(self.find(in: window, 2..<1000, [Self.general, Self.other]) == .begins(997))
        window.append([Self.record(1000)], now: self.start)
        #expect(self.find(in: window, 2..<1001) == .events([1000]))
        window.append([Self.record(1002)], now: self.start)
        #expect(self.find(in: window, 1001..<1003) == .begins(1002), "a gap is a gap")
    }

    @Test func `Of too many scopes it is not remembered`() {
        var stretch = ReplayWindow.Stretch(at: 0, maximumForgotten: 2)
        for offset in 0..<4 as Range<Int64> {
            stretch.append(Self.record(offset, .channel(ScopeID(unchecked: "scope-\(offset)"))), now: self.start)
        }
        let quiet = [Self.general]
        for _ in 0..<2 { _ = stretch.removeFirst() }
        #expect(stretch.hasAll(of: quiet, from: 0))
        _ = stretch.removeFirst()
        #expect(!stretch.hasAll(of: quiet, from: 0) && !stretch.hasAll(of: quiet, from: 2))
        #expect(stretch.hasAll(of: quiet, from: 3))
    }

    @Test func `What is old goes`() {
        var window = self.window(age: .seconds(10))
        window.append([Self.record(0)], now: self.start)
        window.append([Self.record(1)], now: self.start + .seconds(10))
        #expect(self.find(in: window, 0..<2) == .events([0, 1]))
        window.append([Self.record(2)], now: self.start + .seconds(11))
        #expect(self.find(in: window, 0..<3) == .begins(1))
    }

    /// Random reading, with gaps and repeats, against a model that is a plain list.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func `The window follows the model`(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let size = Self.record(0).approximateSize
        let capacity = Int.random(in: 1...20, using: &random)
        var window = self.window(bytes: capacity * size)
        var held: [ChatRecord] = []
        for _ in 0..<300 {
            let end = held.last.map { $0.position.offset + 1 } ?? 0
            let skips = Int.random(in: 0..<20, using: &random) == 0 ? Int64.random(in: 1...3, using: &random) : 0
            let record = Self.record(end + skips, Bool.random(using: &random) ? Self.general : Self.other)
            // What was read since the last gap; of this the last are kept.
            if skips > 0 { held = [] }
            held.append(record)
            window.append([record], now: self.start)
            if Bool.random(using: &random) {
                // A repeat of something that is held changes nothing.
                window.append([held.suffix(capacity).randomElement(using: &random) ?? record], now: self.start)
            }
            let kept = held.suffix(capacity)
            let (first, last) = (kept.first?.position.offset ?? 0, record.position.offset)
            let lower = Int64.random(in: max(0, first - 5)...last + 1, using: &random)
            let events = held.compactMap { record -> Int64? in
                guard case .event(let event) = record.payload, event.scope.id == Self.general.id else { return nil }
                return record.position.offset >= lower ? record.position.offset : nil
            }
            let isWhole = lower >= first || lower >= held[0].position.offset && (events.first ?? first) >= first
            #expect(self.find(in: window, lower..<last + 1) == (isWhole ? .events(events) : .begins(first)))
        }
    }
}
