import Foundation

/// What `/proc` says of the server under test.
struct ServerProcess {
    let pid: Int

    /// CPU time used so far, in seconds, kernel and user together.
    var cpuSeconds: Double {
        guard let stat = try? String(contentsOfFile: "/proc/\(self.pid)/stat", encoding: .utf8),
            let end = stat.lastIndex(of: ")")
        else { return .nan }
        let fields = stat[end...].split(separator: " ")
        // Fields 14 and 15 of proc(5); the first here is field 2.
        guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) else { return .nan }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Resident memory, in bytes.
    var residentBytes: Int { self.status("VmRSS:") }

    /// The most that was ever resident since ``forgetPeak()``, in bytes.
    var peakResidentBytes: Int { self.status("VmHWM:") }

    /// Begins the peak anew (proc(5), `clear_refs`).
    func forgetPeak() {
        try? "5".write(toFile: "/proc/\(self.pid)/clear_refs", atomically: false, encoding: .utf8)
    }

    private func status(_ name: String) -> Int {
        guard let status = try? String(contentsOfFile: "/proc/\(self.pid)/status", encoding: .utf8) else { return 0 }
        let line = status.split(separator: "\n").first { $0.hasPrefix(name) }
        return (line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) } ?? 0)
            * 1024
    }
}
