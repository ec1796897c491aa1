internal import Foundation
internal import Testing

@testable internal import ChatifySQLite

@Suite(.timeLimit(.minutes(5))) struct DataLockTests {
    private static func refusal(_ path: String) -> DataLock.Refusal? {
        do throws(DataLock.Refusal) {
            _ = try DataLock(path: path)
            return nil
        } catch {
            return error
        }
    }

    @Test func oneAtATime() throws {
        let folder = TemporaryFolder()
        try folder.make()
        let path = folder.path + "/lock"
        do {
            let lock = try DataLock(path: path)
            withExtendedLifetime(lock) {
                guard case .held(getpid()) = Self.refusal(path) else {
                    Issue.record("The lock was given twice.")
                    return
                }
            }
        }
        #expect(Self.refusal(path) == nil)
    }

    @Test(arguments: ["", "no number", "-", String(repeating: "9", count: 100)])
    func aHolderMayHaveWrittenAnything(text: String) throws {
        let folder = TemporaryFolder()
        try folder.make()
        let path = folder.path + "/lock"
        let lock = try DataLock(path: path)
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        try withExtendedLifetime(lock) {
            let descriptor = try #require(Self.refusal(path))
            guard case .held(nil) = descriptor else {
                Issue.record("\(descriptor)")
                return
            }
        }
    }

    @Test func withoutAFolderThereIsNoLock() {
        guard case .failed(ENOENT) = Self.refusal("/nonexistent/folder/lock") else {
            Issue.record("There is a lock without a folder.")
            return
        }
    }

    /// The system gives the lock back, however the process ends.
    @Test func aProcessThatIsKilledGivesItBack() throws {
        let folder = TemporaryFolder()
        try folder.make()
        let (path, script) = (folder.path + "/lock", folder.path + "/holder.py")
        let source = """
            import fcntl, os, sys, time
            file = open(sys.argv[1], "w")
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write(f"{os.getpid()}\\n")
            file.flush()
            os.write(1, b"%d\\n" % os.getpid())
            time.sleep(300)
            """
        try Data(source.utf8).write(to: URL(fileURLWithPath: script))
        let output = try #require(popen("exec python3 '\(script)' '\(path)'", "r"))
        var line = [CChar](repeating: 0, count: 32)
        let isStarted = fgets(&line, Int32(line.count), output) != nil
        let holder = Int32(atoi(line))
        #expect(isStarted && holder > 1)
        switch Self.refusal(path) {
        case .held(holder): break
        default: Issue.record("The lock was given twice.")
        }
        if holder > 1 { kill(holder, SIGKILL) }
        pclose(output)
        #expect(Self.refusal(path) == nil)
    }
}
