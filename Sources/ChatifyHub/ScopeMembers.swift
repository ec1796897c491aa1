internal import ChatifyCore

/// The connections of one shard that are joined to one scope.
///
/// Each connection remembers its place, so that leaving costs no search; the order of members means nothing.
final class ScopeMembers {
    /// The scope.
    let scope: ChatScope
    private(set) var connections: [HubConnection] = []

    /// Makes a list without members.
    init(scope: ChatScope) { self.scope = scope }

    /// Adds a connection and returns its place.
    func add(_ connection: HubConnection) -> Int {
        self.connections.append(connection)
        return self.connections.count - 1
    }

    /// Removes the connection at `place`; the last member takes that place and is told so.
    func remove(at place: Int) {
        let last = self.connections.removeLast()
        guard place < self.connections.count else { return }
        self.connections[place] = last
        last.moved(to: place, in: self)
    }
}
