import ChatifyEventLoop
import Testing

/// A test waited too long.
struct TooLate: Error {}

/// Runs `body`, but no longer than `limit`.
func within<Value: Sendable>(
    _ limit: Duration = .seconds(30),
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: limit)
            throw TooLate()
        }
        defer { group.cancelAll() }
        guard let value = try await group.next() else { throw TooLate() }
        return value
    }
}

/// Lends a loop and checks that it ends cleanly.
@discardableResult
func withLoop<Value>(_ body: (EventLoop) async throws -> Value) async throws -> Value {
    let loop = try EventLoop(name: "test")
    let result: Result<Value, any Error>
    do {
        result = .success(try await body(loop))
    } catch {
        result = .failure(error)
    }
    await loop.shutdown()
    #expect(loop.loopCloseStatus == 0)
    return try result.get()
}

/// Events from callbacks, awaited with a deadline.
final class Events<Event: Sendable>: Sendable {
    private let stream: AsyncStream<Event>
    private let continuation: AsyncStream<Event>.Continuation

    init() { (self.stream, self.continuation) = AsyncStream.makeStream() }

    func send(_ event: Event) { self.continuation.yield(event) }

    func next() async throws -> Event {
        try await within { [stream] in
            for await event in stream { return event }
            throw TooLate()
        }
    }

    func next(_ count: Int) async throws -> [Event] {
        var events: [Event] = []
        while events.count < count { events.append(try await self.next()) }
        return events
    }

    /// Skips events until one fits.
    func first(where fits: (Event) -> Bool) async throws -> Event {
        while true {
            let event = try await self.next()
            if fits(event) { return event }
        }
    }
}
