internal import ChatifyCore

/// Keeps what happened, in order, and lets a test wait until enough has.
package final class Recorder<Element: Sendable>: Sendable {
    private struct Watcher {
        let id: Int
        let isEnough: @Sendable ([Element]) -> Bool
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var elements: [Element] = []
        var watchers: [Watcher] = []
        var lastID = 0
    }

    private let state = Locked(State())

    package init() {}

    package var all: [Element] { self.state.withLock { $0.elements } }

    package func record(_ element: Element) {
        let ready = self.state.withLock { state in
            state.elements.append(element)
            let elements = state.elements
            let ready = state.watchers.filter { $0.isEnough(elements) }
            state.watchers.removeAll { $0.isEnough(elements) }
            return ready
        }
        for watcher in ready { watcher.continuation.resume() }
    }

    /// Returns what there is once it is enough, or once the test's time is over.
    @discardableResult
    package func wait(until isEnough: @escaping @Sendable ([Element]) -> Bool) async -> [Element] {
        let id = self.state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let mustWait = self.state.withLock { state in
                    guard !Task.isCancelled, !isEnough(state.elements) else { return false }
                    state.watchers.append(Watcher(id: id, isEnough: isEnough, continuation: continuation))
                    return true
                }
                if !mustWait { continuation.resume() }
            }
        } onCancel: {
            let watcher = self.state.withLock { state in
                state.watchers.firstIndex { $0.id == id }.map { state.watchers.remove(at: $0) }
            }
            watcher?.continuation.resume()
        }
        return self.all
    }

    @discardableResult
    package func wait(forCount count: Int) async -> [Element] {
        await self.wait { $0.count >= count }
    }
}
