internal import CLibuv

/// Where a vectored write is put together, one per loop: room for vectors, and for the bytes of small arrays.
struct VectorSpace {
    let vectors: UnsafeMutableBufferPointer<uv_buf_t>
    let scratch: UnsafeMutableRawBufferPointer

    init(vectorCount: Int, scratchSize: Int) {
        self.vectors = .allocate(capacity: vectorCount)
        self.scratch = .allocate(byteCount: scratchSize, alignment: 16)
    }

    func deallocate() {
        self.vectors.deallocate()
        self.scratch.deallocate()
    }
}

extension OutboundQueue {
    /// Arrays up to this size are copied side by side into one vector.
    ///
    /// A vector costs the kernel some 140 ns, a copy of a usual frame 20 ns (measured with 16 frames of 350 bytes per write).
    static let maxCopiedBytes = 2048

    /// A vectored write in the making.
    private struct Gathering {
        /// The next array.
        var index: Int
        var vectorCount = 0
        var byteCount = 0
        var scratchUsed = 0
        /// The last vector lies at the end of the used scratch, so that a small array can go on with it.
        var endsInScratch = false
    }

    /// Calls `body` with the number of vectors filled and the bytes they hold; the pointers are good until it returns.
    func withVectors<Result>(_ space: VectorSpace, _ body: (Int, Int) -> Result) -> Result {
        self.gather(Gathering(index: self.first), space, body)
    }

    // Each level lends one large array's pointer to the deeper ones, so that no pointer outlives its closure.
    private func gather<Result>(_ state: Gathering, _ space: VectorSpace, _ body: (Int, Int) -> Result) -> Result {
        var state = state
        self.copySmallArrays(&state, space)
        guard state.index < self.arrays.count, state.vectorCount < space.vectors.count,
            state.vectorCount == 0 || self.restCount(at: state.index) > Self.maxCopiedBytes
        else { return body(state.vectorCount, state.byteCount) }
        return self.withRest(at: state.index) { rest in
            // libuv takes `char *` for reading too; it does not write there.
            let base = UnsafeMutablePointer(mutating: rest.baseAddress?.assumingMemoryBound(to: CChar.self))
            space.vectors[state.vectorCount] = uv_buf_t(base: base, len: rest.count)
            state.vectorCount += 1
            state.byteCount += rest.count
            state.endsInScratch = false
            state.index += 1
            return self.gather(state, space, body)
        }
    }

    private func copySmallArrays(_ state: inout Gathering, _ space: VectorSpace) {
        while state.index < self.arrays.count {
            let count = self.restCount(at: state.index)
            guard count <= Self.maxCopiedBytes, count <= space.scratch.count - state.scratchUsed,
                state.endsInScratch || state.vectorCount < space.vectors.count
            else { return }
            let place = UnsafeMutableRawBufferPointer(rebasing: space.scratch[state.scratchUsed...].prefix(count))
            self.withRest(at: state.index) { place.copyMemory(from: $0) }
            if state.endsInScratch {
                space.vectors[state.vectorCount - 1].len += count
            } else {
                let base = place.baseAddress?.assumingMemoryBound(to: CChar.self)
                space.vectors[state.vectorCount] = uv_buf_t(base: base, len: count)
                state.vectorCount += 1
                state.endsInScratch = true
            }
            state.scratchUsed += count
            state.byteCount += count
            state.index += 1
        }
    }

    /// The bytes of an array that are not written yet; only the first may be written in part.
    private func restCount(at index: Int) -> Int {
        self.arrays[index].count - (index == self.first ? self.firstOffset : 0)
    }

    private func withRest<Result>(at index: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        self.arrays[index].withUnsafeBytes { bytes in
            body(UnsafeRawBufferPointer(rebasing: bytes.dropFirst(index == self.first ? self.firstOffset : 0)))
        }
    }
}
