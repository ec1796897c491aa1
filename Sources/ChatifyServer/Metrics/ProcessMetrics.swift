internal import ChatifyCore
internal import Metrics

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// What this process uses, asked of the operating system when metrics are read.
final class ProcessMetrics: Sendable {
    private let processorTime = FloatingPointCounter(label: "chatify_process_cpu_seconds_total")
    private let residentMemory = Gauge(label: "chatify_process_resident_memory_bytes")
    private let descriptors = Gauge(label: "chatify_process_open_descriptors")
    private let maximumDescriptors = Gauge(label: "chatify_process_max_descriptors")
    /// The processor time that was counted so far.
    private let counted = Locked(0.0)

    /// Brings the metrics up to date; goes through the open descriptors, so not on a loop.
    func update() {
        let used = ProcessorTime.ofProcess
        let more = self.counted.withLock { counted in
            defer { counted = max(counted, used) }
            return used - counted
        }
        if more > 0 { self.processorTime.increment(by: more) }
        if let bytes = Self.residentBytes { self.residentMemory.record(bytes) }
        if let count = Self.openDescriptors { self.descriptors.record(count) }
        var limit = rlimit()
        #if canImport(Darwin)
            let status = getrlimit(RLIMIT_NOFILE, &limit)
        #else
            let status = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        #endif
        if status == 0 { self.maximumDescriptors.record(Double(limit.rlim_cur)) }
    }

    /// The second number of Linux' `/proc/self/statm` is resident pages (proc(5)).
    private static var residentBytes: Int? {
        guard let file = fopen("/proc/self/statm", "r") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard fgets(&line, Int32(line.count), file) != nil else { return nil }
        let fields = line.prefix { $0 != 0 }.split(separator: 0x20)
        guard fields.count > 1 else { return nil }
        let pages = Int(String(decoding: fields[1].map(UInt8.init), as: UTF8.self))
        return pages.map { $0 * Int(sysconf(Int32(_SC_PAGESIZE))) }
    }

    private static var openDescriptors: Int? {
        guard let directory = opendir("/dev/fd") else { return nil }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        // Without `.`, `..` and the directory's own.
        return count - 3
    }
}

/// How long processors have worked.
enum ProcessorTime {
    /// For this process, in seconds.
    static var ofProcess: Double { self.read(CLOCK_PROCESS_CPUTIME_ID) }

    /// For the calling thread, in seconds.
    static var ofThread: Double { self.read(CLOCK_THREAD_CPUTIME_ID) }

    private static func read(_ clock: clockid_t) -> Double {
        var time = timespec()
        // Fails only for a clock that does not exist.
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
