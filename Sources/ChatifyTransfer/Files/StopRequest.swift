#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// A request to stop that also ends a wait for a file, so it is a pipe: asked for when there is something to read.
package final class StopRequest: Sendable {
    private let reading: Int32
    private let writing: Int32

    package init() {
        var ends: [Int32] = [-1, -1]
        let result = pipe(&ends)
        precondition(result == 0, "no pipe: \(String(cString: strerror(errno)))")
        self.reading = ends[0]
        self.writing = ends[1]
    }

    deinit {
        close(self.reading)
        close(self.writing)
    }

    /// Whether somebody wants it to stop.
    package var isMade: Bool {
        var descriptor = pollfd(fd: self.reading, events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, 0) > 0
    }

    /// Asks to stop; more than once is the same.
    package func make() { Self.request(self.writing) }

    /// The request that SIGINT and SIGTERM make, from now on and for as long as the process lives.
    ///
    /// A second signal of the kind ends the process at once, in case what is to stop does not. Call it once.
    package static func onSignals() -> StopRequest {
        let request = StopRequest()
        signalDescriptor = request.writing
        // A signal may come at any time.
        _ = Unmanaged.passRetained(request)
        for number in [SIGINT, SIGTERM] {
            signal(number) { number in
                signal(number, SIG_DFL)
                StopRequest.request(signalDescriptor)
            }
        }
        return request
    }

    /// Blocks until the file is ready, or answers `false` if it is to stop.
    func waitUntilReady(_ file: Int32, for events: Int32) -> Bool {
        while true {
            var descriptors = [
                pollfd(fd: self.reading, events: Int16(POLLIN), revents: 0),
                pollfd(fd: file, events: Int16(events), revents: 0),
            ]
            let count = poll(&descriptors, 2, -1)
            if descriptors[0].revents != 0 { return false }
            if count > 0 { return true }
            precondition(errno == EINTR, "poll failed: \(String(cString: strerror(errno)))")
        }
    }

    private static func request(_ descriptor: Int32) {
        var byte: UInt8 = 0
        // It cannot fail but for a full pipe, and then there has been a request.
        _ = write(descriptor, &byte, 1)
    }
}

/// Where the signal handler writes; set before the handler is.
private nonisolated(unsafe) var signalDescriptor: Int32 = -1
