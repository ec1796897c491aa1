internal import CHiredis
internal import ChatifyEventLoop

/// Hears what happens on a ``RedisConnection``, on its loop.
protocol RedisConnectionHandler: AnyObject {
    /// The server took the connection.
    func connected(_ connection: RedisConnection)

    /// Replies came, and what came for subscriptions, in this order.
    func received(_ connection: RedisConnection, _ replies: [RedisConnection.Reply])

    /// The connection is gone, last of all calls; commands without an answer will get none.
    func ended(_ connection: RedisConnection, error: RedisError)
}

/// One TCP connection to Redis: one context of hiredis, polled on the loop.
///
/// Confined to its loop. Who holds whom: the context retains this object until hiredis' clean-up hook, which is called once,
/// when the context is about to be freed; the loop's poll, which is closed in that hook, does not retain it; it holds its handler weakly.
/// What is sent in one turn is written together by ``flush()``, so the operating system is asked about writing only when the socket
/// is full. What one read brings is handed on together, when hiredis is done with it.
final class RedisConnection {
    /// A reply, and the token of its command; 0 is the token of subscriptions.
    struct Reply {
        let token: UInt
        let value: RedisReply
    }

    private weak var handler: (any RedisConnectionHandler)?
    private var context: UnsafeMutablePointer<redisAsyncContext>?
    private var poll: LoopPoll?
    /// What hiredis wants to hear of the socket; told to the poll when the outermost call into hiredis returns.
    private var interest: LoopPoll.Readiness = []
    /// What hiredis has read and the handler has not heard.
    private var arrived: [Reply] = []
    private var isConnected = false
    private var hasUnsent = false
    private var isWriting = false
    /// Calls into hiredis under way, which must not find their context freed.
    private var depth = 0
    private var mustFree = false

    /// Begins to connect to an IP address.
    ///
    /// Only on the loop.
    init(loop: EventLoop, address: String, port: Int, handler: any RedisConnectionHandler) throws(RedisError) {
        guard let context = redisAsyncConnect(address, CInt(port)) else {
            throw RedisError(.unreachable, "no memory for a connection")
        }
        guard context.pointee.err == 0 else {
            defer { redisAsyncFree(context) }
            throw RedisError(.unreachable, Self.errorText(of: context))
        }
        self.handler = handler
        do {
            self.poll = try LoopPoll(
                loop: loop,
                descriptor: context.pointee.c.fd,
                onReady: { [unowned self] in self.polled($0) },
                onShutdown: { [unowned self] in self.fail(RedisError(.closed, "the event loop shut down")) }
            )
        } catch {
            redisAsyncFree(context)
            throw RedisError(.unreachable, error.description)
        }
        self.context = context
        self.install(on: context)
    }

    /// Sends a command, answered with `token`, which must not be 0; false if the connection is gone.
    ///
    /// It leaves with the next ``flush()`` at the latest.
    func send(_ command: RedisCommand, token: UInt) -> Bool {
        self.submit(command, token: token)
    }

    /// Sends SUBSCRIBE or UNSUBSCRIBE, whose answers are pushes; false if the connection is gone.
    func sendSubscription(_ command: RedisCommand) -> Bool {
        self.submit(command, token: 0)
    }

    /// Writes what was sent since the last time.
    func flush() {
        guard self.hasUnsent, self.isConnected, !self.interest.contains(.writable) else { return }
        self.hasUnsent = false
        self.enter { self.write($0) }
    }

    /// Drops the connection; the handler hears nothing any more.
    func close() {
        self.handler = nil
        self.free()
    }

    /// Drops the connection and tells the handler why.
    func fail(_ error: RedisError) {
        let handler = self.handler
        self.close()
        handler?.ended(self, error: error)
    }

    // hiredis only keeps the command and asks for writability, so nothing of this can free the context.
    private func submit(_ command: RedisCommand, token: UInt) -> Bool {
        guard let context = self.context, !self.mustFree else { return false }
        return command.terminatedBytes.withUnsafeBytes { bytes in
            redisAsyncFormattedCommand(
                context,
                { RedisConnection.replied($0, $1, $2) },
                UnsafeMutableRawPointer(bitPattern: token),
                bytes.baseAddress?.assumingMemoryBound(to: CChar.self),
                bytes.count - 1
            ) == REDIS_OK
        }
    }

    private func polled(_ ready: LoopPoll.Readiness) {
        self.enter { context in
            // Either call may free the context, and reading may be answered by the wish to.
            if ready.contains(.readable) { redisAsyncHandleRead(context) }
            if ready.contains(.writable), self.context != nil, !self.mustFree { self.write(context) }
        }
        self.flush()
    }

    private func write(_ context: UnsafeMutablePointer<redisAsyncContext>) {
        self.isWriting = true
        redisAsyncHandleWrite(context)
        self.isWriting = false
    }

    /// Calls into hiredis, then does what had to wait for its return.
    private func enter(_ body: (UnsafeMutablePointer<redisAsyncContext>) -> Void) {
        guard let context = self.context, !self.mustFree else { return }
        self.depth += 1
        body(context)
        self.depth -= 1
        guard self.depth == 0 else { return }
        self.handOn()
        if self.mustFree { self.free() } else { self.poll?.watch(self.interest) }
    }

    private func handOn() {
        guard !self.arrived.isEmpty else { return }
        var replies: [Reply] = []
        swap(&replies, &self.arrived)
        self.handler?.received(self, replies)
        // The memory serves again, unless a burst made it large.
        replies.removeAll(keepingCapacity: replies.capacity <= 4096)
        if self.arrived.isEmpty { swap(&replies, &self.arrived) }
    }

    // hiredis defers `redisAsyncFree` only within reply callbacks, not within its connect callback.
    private func free() {
        guard let context = self.context else { return }
        self.mustFree = true
        if self.depth == 0 { redisAsyncFree(context) }
    }
}

/// What hiredis calls; `data` of the context and of its hooks is the connection.
extension RedisConnection {
    private typealias Context = UnsafeMutablePointer<redisAsyncContext>

    private static func replied(
        _ context: Context?,
        _ reply: UnsafeMutableRawPointer?,
        _ token: UnsafeMutableRawPointer?
    ) {
        // No reply means that the context is about to be freed, which the clean-up hook tells.
        guard let reply, let connection = RedisConnection.of(context?.pointee.data) else { return }
        let value = RedisReply(UnsafePointer(reply.assumingMemoryBound(to: redisReply.self)))
        connection.arrived.append(Reply(token: UInt(bitPattern: token), value: value))
    }

    private static func of(_ data: UnsafeMutableRawPointer?) -> RedisConnection? {
        data.map { Unmanaged<RedisConnection>.fromOpaque($0).takeUnretainedValue() }
    }

    private func install(on context: Context) {
        let data = Unmanaged.passRetained(self).toOpaque()
        context.pointee.data = data
        context.pointee.ev.data = data
        context.pointee.ev.addRead = { RedisConnection.of($0)?.interest.insert(.readable) }
        context.pointee.ev.delRead = { RedisConnection.of($0)?.interest.remove(.readable) }
        context.pointee.ev.addWrite = { RedisConnection.of($0)?.wantsToWrite() }
        context.pointee.ev.delWrite = { RedisConnection.of($0)?.interest.remove(.writable) }
        context.pointee.ev.cleanup = { data in
            guard let data else { return }
            Unmanaged<RedisConnection>.fromOpaque(data).takeRetainedValue().contextEnds()
        }
        redisEnableKeepAlive(&context.pointee.c)
        // Asks for writability, which is how the end of connecting shows.
        self.enter { context in
            redisAsyncSetConnectCallback(context) { context, status in
                guard status == REDIS_OK, let connection = RedisConnection.of(context?.pointee.data) else { return }
                connection.isConnected = true
                connection.handler?.connected(connection)
            }
        }
    }

    private func wantsToWrite() {
        if self.isConnected && !self.isWriting { self.hasUnsent = true } else { self.interest.insert(.writable) }
    }

    private func contextEnds() {
        guard let context = self.context else { return }
        self.context = nil
        // Before hiredis closes the descriptor.
        self.poll?.close()
        self.poll = nil
        self.handOn()
        guard let handler = self.handler else { return }
        self.handler = nil
        let code: RedisError.Code = self.isConnected ? .connectionLost : .unreachable
        handler.ended(self, error: RedisError(code, Self.errorText(of: context)))
    }

    private static func errorText(of context: Context) -> String {
        guard let text = context.pointee.errstr else { return "the connection ended" }
        let words = String(cString: text)
        return words.isEmpty ? "the connection ended" : words
    }
}

@available(*, unavailable, message: "a connection is confined to its loop")
extension RedisConnection: Sendable {}
