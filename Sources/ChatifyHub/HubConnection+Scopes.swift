internal import ChatifyCore

extension HubConnection {
    /// A scope this connection is joined to, and its place among the scope's members.
    struct Membership {
        let members: ScopeMembers
        var place: Int
    }

    /// Learns that it has another place among the members of a scope.
    func moved(to place: Int, in members: ScopeMembers) {
        guard let index = self.memberships.firstIndex(where: { $0.members === members }) else { return }
        self.memberships[index].place = place
    }

    /// Whether this connection is joined to the scope.
    func isMember(of scope: ChatScope) -> Bool {
        self.memberships.contains { $0.members.scope == scope }
    }

    /// Throws if this connection may not be joined to all these scopes beside those that it is joined to.
    func demandRoom(for scopes: [ChatScope]) throws(ChatError) {
        let added = scopes.filter { !self.isMember(of: $0) }
        let limit = self.shard.hub.configuration.maximumScopesPerConnection
        guard self.memberships.count + added.count <= limit else {
            throw ChatError(.validation, "A connection may be joined to at most \(limit) scopes.")
        }
    }

    /// Joins scopes, all or none; joining twice is one membership.
    func join(_ scopes: [ChatScope]) throws(ChatError) {
        guard self.transport != nil else { return }
        try self.demandRoom(for: scopes)
        for scope in scopes where !self.isMember(of: scope) {
            let members = self.shard.members(of: scope)
            self.memberships.append(Membership(members: members, place: members.add(self)))
        }
    }

    /// Leaves a scope; leaving one that was not joined is no error.
    func leave(_ scope: ChatScope) {
        guard let index = self.memberships.firstIndex(where: { $0.members.scope == scope }) else { return }
        let membership = self.memberships.remove(at: index)
        membership.members.remove(at: membership.place)
        self.shard.left(membership.members)
    }
}
