#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// What a thread sleeps at until somebody has something for it: a pipe, because librdkafka can write to one by itself
/// (`rd_kafka_queue_io_event_enable`), so that no code of ours runs on its threads.
///
/// Neither end blocks: a pipe that is full wakes as well as one with a single byte.
final class WakePipe: Sendable {
    private let reading: Int32
    /// The end that librdkafka writes to.
    let writing: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        let result = pipe(&ends)
        precondition(result == 0, "no pipe: \(String(cString: strerror(errno)))")
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        (self.reading, self.writing) = (ends[0], ends[1])
    }

    deinit {
        close(self.reading)
        close(self.writing)
    }

    /// Ends the sleep of the thread, or its next one.
    func wake() {
        var byte: UInt8 = 0
        _ = write(self.writing, &byte, 1)
    }

    /// Blocks the calling thread until it is woken or the time is over; may return early.
    func sleep(atMost time: Duration) {
        var descriptor = pollfd(fd: self.reading, events: Int16(POLLIN), revents: 0)
        guard poll(&descriptor, 1, time.inMilliseconds) > 0 else { return }
        var bytes: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        while read(self.reading, &bytes, MemoryLayout.size(ofValue: bytes)) == MemoryLayout.size(ofValue: bytes) {}
    }
}
