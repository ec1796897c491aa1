import ChatifyCore

/// Keeps what happened, in order, and lets a test wait until enough has.
final class Recorder<Element: Sendable>: Sendable {
    private struct State {
        var elements: [Element] = []
        var watchers: [(isEnough: @Sendable ([Element]) -> Bool, continuation: CheckedContinuation<Void, Never>)] = []
    }
    private let state = Locked(State())

    var all: [Element] { self.state.withLock { $0.elements } }

    func record(_ element: Element) {
        let woken = self.state.withLock { state in
            state.elements.append(element)
            let elements = state.elements
            let ready = state.watchers.filter { $0.isEnough(elements) }.map(\.continuation)
            state.watchers.removeAll { $0.isEnough(elements) }
            return ready
        }
        for continuation in woken { continuation.resume() }
    }

    @discardableResult
    func wait(until isEnough: @escaping @Sendable ([Element]) -> Bool) async -> [Element] {
        await withCheckedContinuation { continuation in
            let mustWait = self.state.withLock { state in
                guard !isEnough(state.elements) else { return false }
                state.watchers.append((isEnough, continuation))
                return true
            }
            if !mustWait { continuation.resume() }
        }
        return self.all
    }

    @discardableResult
    func wait(forCount count: Int) async -> [Element] {
        await self.wait { $0.count >= count }
    }
}
