internal import ChatifyCore

/// Whom the connections of one shard watch, and what each was told of whom.
///
/// Pure: it decides who is to be told, and is told whether that worked. What could not be told is told again when the user's
/// presence is looked up next, so a client may miss a change but not the state it ends in.
struct PresenceWatch {
    /// Something that a connection should be told.
    struct Notice: Hashable {
        let connection: ConnectionID
        let userID: UserID
        let isOnline: Bool
    }

    private struct Watched {
        var watchers: Set<ConnectionID> = []
        /// The number of the last transition, and whether the user was online after it.
        var changedAt = 0
        var isOnline = false
    }

    private enum Told {
        /// Not yet, because the call is not answered yet.
        case nothing
        case isOnline(Bool)
    }

    private var users: [UserID: Watched] = [:]
    private var lists: [ConnectionID: [UserID: Told]] = [:]
    /// The number of transitions so far; an answer to an older question says nothing of users who have changed since.
    private(set) var transitionCount = 0

    /// Whether nobody watches anybody.
    var isEmpty: Bool { self.lists.isEmpty }

    /// All users whom somebody watches.
    var watched: Set<UserID> { Set(self.users.keys) }

    /// Lets a connection watch these users and nobody else.
    mutating func watch(_ users: [UserID], by connection: ConnectionID) {
        self.stop(connection)
        guard !users.isEmpty else { return }
        self.lists[connection] = Dictionary(users.map { ($0, .nothing) }) { first, _ in first }
        for user in users { self.users[user, default: Watched()].watchers.insert(connection) }
    }

    /// Lets a connection watch nobody.
    mutating func stop(_ connection: ConnectionID) {
        guard let list = self.lists.removeValue(forKey: connection) else { return }
        for user in list.keys {
            self.users[user]?.watchers.remove(connection)
            if self.users[user]?.watchers.isEmpty == true { self.users[user] = nil }
        }
    }

    /// Decides what a connection's call is answered with: those of `users` who are online.
    /// - Parameters:
    ///   - online: Who was online when there had been `asked` transitions.
    mutating func answer(_ users: [UserID], online: Set<UserID>, asked: Int, to connection: ConnectionID) -> [UserID] {
        users.filter { user in
            let watched = self.users[user] ?? Watched()
            let isOnline = watched.changedAt > asked ? watched.isOnline : online.contains(user)
            self.told(Notice(connection: connection, userID: user, isOnline: isOnline))
            return isOnline
        }
    }

    /// Learns that a user has come or gone.
    mutating func changed(_ transition: PresenceTransition) -> [Notice] {
        self.transitionCount += 1
        self.users[transition.userID]?.changedAt = self.transitionCount
        self.users[transition.userID]?.isOnline = transition.isOnline
        return self.notices(of: transition.userID, isOnline: transition.isOnline)
    }

    /// Learns who is online of `users`, as it was when there had been `asked` transitions.
    func learned(_ online: Set<UserID>, of users: [UserID], asked: Int) -> [Notice] {
        users.flatMap { user in
            guard let watched = self.users[user], watched.changedAt <= asked else { return [Notice]() }
            return self.notices(of: user, isOnline: online.contains(user))
        }
    }

    /// Notes that a connection was told.
    mutating func told(_ notice: Notice) {
        guard self.lists[notice.connection]?[notice.userID] != nil else { return }
        self.lists[notice.connection]?[notice.userID] = .isOnline(notice.isOnline)
    }

    /// Those who watch a user and were told otherwise; who was told nothing yet still gets its answer.
    private func notices(of user: UserID, isOnline: Bool) -> [Notice] {
        guard let watched = self.users[user] else { return [] }
        return watched.watchers.compactMap { connection in
            guard case .isOnline(!isOnline) = self.lists[connection]?[user] else { return nil }
            return Notice(connection: connection, userID: user, isOnline: isOnline)
        }
    }
}
