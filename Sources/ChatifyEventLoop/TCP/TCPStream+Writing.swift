internal import CLibuv

extension TCPStream {
    /// Bytes copied into one write request when the socket is full.
    static let maxRequestBytes = 65536

    /// Bytes that may wait to be written; 1 MiB unless set.
    ///
    /// Lowering it refuses new writes only.
    public var maxOutboundBytes: Int {
        get { self.outbound.maxBytes }
        set { self.outbound.maxBytes = max(0, newValue) }
    }

    /// Bytes that wait to be written.
    public var outboundBytes: Int { self.outbound.byteCount }

    /// Asks for one ``TCPStreamHandler/drained()`` when all queued bytes have left; nothing comes of it if none are queued.
    public func notifyWhenDrained() {
        self.loop.preconditionCurrent()
        if self.outbound.byteCount > 0 { self.outbound.noteBlocked() }
    }

    /// Queues `bytes`, without copying them, to leave at the end of the tick, in order.
    ///
    /// Answers false and queues nothing if ``maxOutboundBytes`` would be passed or the stream is not open. An array longer than the bound
    /// is never taken, so do not wait for ``TCPStreamHandler/drained()`` with one.
    public func write(_ bytes: [UInt8]) -> Bool {
        self.loop.preconditionCurrent()
        guard self.phase == .open, self.outbound.append(bytes) else { return false }
        self.markDirty()
        return true
    }

    /// Writes what is queued now, as far as the socket takes it, without waiting for the end of the tick.
    ///
    /// Calls ``TCPStreamHandler/drained()`` from within if its time has come.
    public func flush() {
        self.loop.preconditionCurrent()
        self.writeOut()
    }

    func flushAtEndOfTick() {
        self.isDirty = false
        self.writeOut()
    }

    private func markDirty() {
        guard !self.isDirty, !self.isWriting, !self.outbound.isEmpty else { return }
        self.isDirty = true
        self.loop.state.dirtyStreams.append(self)
    }

    private func writeOut() {
        guard self.phase == .open || self.phase == .finishing else { return }
        while !self.isWriting, !self.outbound.isEmpty {
            let (written, offered) = self.tryWrite()
            if written >= 0 { self.outbound.consume(written) }
            if written == offered { continue }
            guard written >= 0 || written == Int(UV_EAGAIN.rawValue) else {
                return self.beginClose(CInt(truncatingIfNeeded: written))
            }
            self.outbound.noteBlocked()
            self.startRequest()
            break
        }
        self.afterProgress()
    }

    private func tryWrite() -> (written: Int, offered: Int) {
        let state = self.loop.state
        state.writeCalls += 1
        return self.outbound.withVectors(state.vectorSpace) { count, bytes in
            (Int(uv_try_write(self.streamHandle, state.vectorSpace.vectors.baseAddress, UInt32(count))), bytes)
        }
    }

    /// Tells of new room, and goes on with a graceful close.
    ///
    /// Not while the stream closes.
    private func afterProgress() {
        guard self.phase == .open || self.phase == .finishing else { return }
        if self.outbound.takeDrained(), self.phase == .open { self.handler?.drained() }
        self.finishIfFlushed()
    }

    /// Hands a copy of what is queued next to libuv, which writes it when the socket has room.
    private func startRequest() {
        let request = WriteRequest(capacity: min(Self.maxRequestBytes, self.outbound.byteCount))
        let count = self.outbound.moveToRequest(request.bytes)
        var vector = uv_buf_t(base: request.bytes.baseAddress?.assumingMemoryBound(to: CChar.self), len: count)
        self.isWriting = true
        let status = uv_write(request.pointer, self.streamHandle, &vector, 1) { pointer, status in
            guard let pointer else { return }
            // libuv calls this before the stream's closing callback, so the owner is alive.
            let stream = LoopState.owner(of: pointer.pointee.handle?.pointee.data, as: TCPStream.self)
            WriteRequest(pointer: pointer).deallocate()
            stream?.requestCompleted(status)
        }
        guard status < 0 else { return }
        request.deallocate()
        self.isWriting = false
        self.beginClose(status)
    }

    private func requestCompleted(_ status: CInt) {
        self.isWriting = false
        guard self.phase == .open || self.phase == .finishing else { return }
        guard status == 0 else { return self.beginClose(status) }
        self.outbound.finishRequest()
        self.markDirty()
        self.afterProgress()
    }
}

/// A `uv_write_t` with room for bytes behind it, in one allocation.
private struct WriteRequest {
    let pointer: UnsafeMutablePointer<uv_write_t>
    let bytes: UnsafeMutableRawBufferPointer

    init(capacity: Int) {
        let header = MemoryLayout<uv_write_t>.stride
        let memory = UnsafeMutableRawPointer.allocate(byteCount: header + capacity, alignment: 16)
        self.pointer = memory.bindMemory(to: uv_write_t.self, capacity: 1)
        self.bytes = UnsafeMutableRawBufferPointer(start: memory + header, count: capacity)
    }

    /// One that libuv gives back.
    init(pointer: UnsafeMutablePointer<uv_write_t>) {
        self.pointer = pointer
        self.bytes = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    }

    func deallocate() { UnsafeMutableRawPointer(self.pointer).deallocate() }
}
