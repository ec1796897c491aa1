internal import CLibuv

/// The owner of a libuv handle, as the handle's `data` points to it.
///
/// The handle retains its owner from ``LoopState/adopt(_:owner:)`` until libuv's closing callback, the last it makes for a
/// handle (libuv, `uv_close`). So an open handle never points to a dead owner, and a handle's memory never moves.
protocol LoopOwned: AnyObject {
    /// Begins to close the handle, unless that has begun.
    func closeForShutdown()
}

extension LoopState {
    /// Ties `handle`, just initialised, to `owner`.
    func adopt<Handle>(_ handle: UnsafeMutablePointer<Handle>, owner: some LoopOwned) {
        self.openHandles += 1
        Self.base(handle).pointee.data = Unmanaged.passRetained(owner as AnyObject).toOpaque()
    }

    /// Takes the owner back in the closing callback; the caller frees the handle's memory.
    func release<Owner: LoopOwned>(_ handle: UnsafeMutablePointer<uv_handle_t>, as type: Owner.Type) -> Owner? {
        self.openHandles -= 1
        guard let data = handle.pointee.data else { return nil }
        handle.pointee.data = nil
        return unsafeDowncast(Unmanaged<AnyObject>.fromOpaque(data).takeRetainedValue(), to: Owner.self)
    }

    /// Closes every handle that has an owner; the loop's own three have none.
    func closeOwnedHandles() {
        uv_walk(
            self.uv,
            { handle, _ in
                guard let handle, let data = handle.pointee.data, uv_is_closing(handle) == 0 else { return }
                let owner = Unmanaged<AnyObject>.fromOpaque(data).takeUnretainedValue()
                (owner as? any LoopOwned)?.closeForShutdown()
            },
            nil
        )
    }

    static func base<Handle>(_ handle: UnsafeMutablePointer<Handle>) -> UnsafeMutablePointer<uv_handle_t> {
        UnsafeMutableRawPointer(handle).assumingMemoryBound(to: uv_handle_t.self)
    }

    /// The owner of a handle that is not yet closed.
    @inline(__always)
    static func owner<Owner: LoopOwned>(of data: UnsafeMutableRawPointer?, as type: Owner.Type) -> Owner? {
        guard let data else { return nil }
        return Unmanaged<Owner>.fromOpaque(data).takeUnretainedValue()
    }
}
