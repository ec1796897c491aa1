internal import CLibuv

extension TCPStream {
    /// Closes at once; what was not yet written is dropped.
    ///
    /// Again does nothing.
    public func close() {
        self.loop.preconditionCurrent()
        self.beginClose(0)
    }

    /// Closes at once with a TCP reset, so that the peer reads an error and not an end.
    public func reset() {
        self.loop.preconditionCurrent()
        self.beginClose(0, resets: true)
    }

    /// Writes what is queued, says FIN, drops what still arrives until the peer's FIN, then closes; after `limit` it closes anyway.
    ///
    /// Waiting for the peer keeps the kernel from answering its late bytes with a reset, which could destroy our last words on their way.
    /// ``TCPStreamHandler/closed(_:)`` carries ``EventLoopError/Code/timedOut`` if not all was written within `limit`.
    /// Nothing but `closed` is called from here on.
    public func closeAfterFlush(within limit: Duration) {
        self.loop.preconditionCurrent()
        guard self.phase == .open else { return }
        self.phase = .finishing
        let deadline = LoopTimer(loop: self.loop)
        self.deadline = deadline
        deadline.schedule(after: limit) { [unowned self] in
            self.beginClose(self.outbound.byteCount > 0 ? UV_ETIMEDOUT.rawValue : 0)
        }
        self.finishIfFlushed()
    }

    /// Says FIN when a graceful close has written everything.
    func finishIfFlushed() {
        guard self.phase == .finishing, !self.hasSentEnd, self.outbound.byteCount == 0 else { return }
        self.hasSentEnd = true
        let request = UnsafeMutablePointer<uv_shutdown_t>.allocate(capacity: 1)
        let status = uv_shutdown(request, self.streamHandle) { request, status in
            guard let request else { return }
            let stream = LoopState.owner(of: request.pointee.handle?.pointee.data, as: TCPStream.self)
            request.deallocate()
            stream?.didSendEnd(status)
        }
        guard status < 0 else { return }
        request.deallocate()
        self.beginClose(status)
    }

    private func didSendEnd(_ status: CInt) {
        guard self.phase == .finishing else { return }
        guard status == 0, !self.hasSeenEnd else { return self.beginClose(status) }
        self.read()
    }

    /// The one way out; `status` becomes the error of ``TCPStreamHandler/closed(_:)``.
    func beginClose(_ status: CInt, resets: Bool = false) {
        guard self.phase != .closing, self.phase != .closed else { return }
        self.phase = .closing
        self.closeStatus = status
        self.deadline = nil
        self.outbound.removeAll()
        // libuv refuses to reset a stream that is saying FIN; then a plain close has to do.
        if resets, uv_tcp_close_reset(self.handle, didCloseStream) == 0 { return }
        uv_close(LoopState.base(self.handle), didCloseStream)
    }

    fileprivate func didClose() {
        self.phase = .closed
        self.handle.deallocate()
        let error = self.closeStatus == 0 ? nil : EventLoopError(status: self.closeStatus, during: "using a TCP stream")
        let handler = self.handler
        self.handler = nil
        handler?.closed(error)
    }
}

private func didCloseStream(_ handle: UnsafeMutablePointer<uv_handle_t>?) {
    guard let handle, let stream = LoopState.owner(of: handle.pointee.data, as: TCPStream.self) else { return }
    _ = stream.loop.state.release(handle, as: TCPStream.self)
    stream.didClose()
}

extension TCPStream: LoopOwned {
    func closeForShutdown() { self.beginClose(UV_ECANCELED.rawValue) }
}
