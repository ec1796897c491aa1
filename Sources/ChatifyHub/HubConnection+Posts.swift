// Data that comes by requests of its own, as with server-sent events and long polling.
extension HubConnection {
    /// Takes a request's body once all earlier ones are taken and reading is not paused.
    ///
    /// A body whose request has waited in vain was not taken, not even in part.
    func post(_ body: [UInt8]) async -> PostQueue.Outcome {
        guard self.transport != nil, self.ending == nil else { return .gone }
        guard self.isReadingPaused || !self.posts.isEmpty else {
            body.withUnsafeBytes { self.receive($0) }
            return .taken
        }
        guard self.posts.hasRoom(for: body.count, self.shard.hub.configuration) else { return .tooMany }
        return await withCheckedContinuation { self.posts.append(PostQueue.Waiting(body: body, request: $0)) }
    }

    /// Goes on with the bodies that wait, until reading is paused again.
    func takeWaitingPosts() {
        while self.transport != nil, self.ending == nil, !self.isReadingPaused, let post = self.posts.takeFirst() {
            post.request.resume(returning: .taken)
            post.body.withUnsafeBytes { self.receive($0) }
        }
    }

    /// Answers the requests that still wait at the end of the connection.
    func refuseWaitingPosts() {
        while let post = self.posts.takeFirst() { post.request.resume(returning: .gone) }
    }

    /// Renews the presence of a client that shows in another way than by a ping that it is there.
    func heartbeat() {
        if self.encoding != nil { self.shard.note(.heartbeat, of: self.presence) }
    }
}
