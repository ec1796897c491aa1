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
            let split = state.watchers.partition { $0.isEnough(elements) }
            defer { state.watchers.removeSubrange(split...) }
            return state.watchers[split...]
        }
        for watcher in ready { watcher.continuation.resume() }
    }

    /// Lets go of what there is.
    package func removeAll() { self.state.withLock { $0.elements = [] } }

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

    /// Returns the first element of that kind, having looked at each once; nil if the test's time is over before.
    package func first(where isOfKind: @escaping @Sendable (Element) -> Bool) async -> Element? {
        // Touched under the recorder's lock alone.
        nonisolated(unsafe) var seen = 0
        let elements = await self.wait { elements in
            defer { seen = elements.count }
            return elements.dropFirst(seen).contains(where: isOfKind)
        }
        return elements.first(where: isOfKind)
    }

    @discardableResult
    package func wait(forCount count: Int) async -> [Element] {
        await self.wait { $0.count >= count }
    }
}
