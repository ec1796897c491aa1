internal import CLibuv

extension TCPStream {
    /// Asks for ``TCPStreamHandler/received(_:)``; again does nothing, nor after the peer's end.
    public func startReading() {
        self.loop.preconditionCurrent()
        guard self.phase == .open else { return }
        self.read()
    }

    /// Leaves what arrives in the kernel, whose window then holds the peer back.
    public func stopReading() {
        self.loop.preconditionCurrent()
        guard self.phase == .open else { return }
        uv_read_stop(self.streamHandle)
    }

    /// Reads whatever the phase makes of it.
    func read() {
        guard !self.hasSeenEnd else { return }
        let status = uv_read_start(
            self.streamHandle,
            { handle, _, buffer in
                guard let stream = LoopState.owner(of: handle?.pointee.data, as: TCPStream.self) else { return }
                buffer?.pointee = stream.sharedReadBuffer
            },
            { handle, count, _ in
                LoopState.owner(of: handle?.pointee.data, as: TCPStream.self)?.didRead(count)
            }
        )
        // UV_EALREADY: reading already.
        if status < 0, status != UV_EALREADY.rawValue { self.beginClose(status) }
    }

    // One buffer for all: libuv asks for it just before each read(2) and hands it back before the next.
    private var sharedReadBuffer: uv_buf_t {
        let buffer = self.loop.state.readBuffer
        return uv_buf_t(base: buffer.baseAddress?.assumingMemoryBound(to: CChar.self), len: buffer.count)
    }

    private func didRead(_ count: Int) {
        if count > 0 {
            guard self.phase == .open else { return }  // finishing: nobody wants it any more
            self.handler?.received(UnsafeRawBufferPointer(rebasing: self.loop.state.readBuffer[..<count]))
        } else if count == Int(UV_EOF.rawValue) {
            self.didReachEnd()
        } else if count < 0 {
            self.beginClose(CInt(truncatingIfNeeded: count))
        }
    }

    private func didReachEnd() {
        self.hasSeenEnd = true
        if self.phase == .open {
            self.handler?.reachedEnd()
        } else if self.phase == .finishing, self.hasSentEnd {
            self.beginClose(0)
        }
    }
}
