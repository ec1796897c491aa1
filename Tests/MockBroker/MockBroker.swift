// librdkafka's mock cluster in a process of its own, for tests: prints `bootstrap.servers=…` and then obeys the lines of its standard
// input, each answered with `ok` or `error …`, until that ends.
internal import CLibrdkafka

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

@main
struct MockBroker {
    static func main() {
        guard let cluster = MockCluster(Array(CommandLine.arguments.dropFirst())) else {
            print("usage: MockBroker [--brokers N] [--topic NAME:PARTITIONS]… [--rtt MS]")
            exit(2)
        }
        self.say("bootstrap.servers=\(cluster.bootstrapServers)")
        while let line = readLine() {
            let words = line.split(separator: " ").map(String.init)
            self.say(cluster.obey(words) ? "ok" : "error: \(line)")
        }
    }

    /// Prints a line at once, also into a pipe.
    private static func say(_ line: String) {
        print(line)
        fflush(nil)
    }
}
