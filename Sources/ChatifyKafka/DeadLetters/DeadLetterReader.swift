internal import ChatifyCore

/// Reads the topic of the dead letters once, up to where it ends; on a thread of our own.
struct DeadLetterReader {
    private let consumer: ConsumerClient
    private let partitions: Set<Int32>
    private let time: Duration

    /// Begins to read the partitions at these offsets.
    init(_ configuration: KafkaClientConfiguration, _ begin: PartitionOffsets) throws(ChatError) {
        self.consumer = try ConsumerClient(try configuration.deadLetterProperties(), topic: configuration.deadLetters)
        self.partitions = Set(begin.keys)
        self.time = configuration.requestTimeout
        do throws(KafkaError) {
            try self.consumer.assign(begin)
        } catch {
            throw .notRead(error)
        }
    }

    /// Reads until there is nothing more, or there are enough; of the letters of one source only the first counts.
    func read(limit: Int, where isWanted: (KafkaDeadLetter) -> Bool) throws(ChatError) -> [KafkaDeadLetter] {
        defer { self.consumer.close(within: self.time) }
        var letters: [KafkaDeadLetter] = []
        var seen: Set<KafkaDeadLetter.Source> = []
        var rest = self.partitions
        while !rest.isEmpty, letters.count < limit {
            switch self.consumer.poll(atMost: self.time) {
            case .message(let message):
                let letter = KafkaDeadLetter(message)
                let isNew = letter.source.map { seen.insert($0).inserted } ?? true
                if isNew, isWanted(letter) { letters.append(letter) }
            case .end(let position): rest.remove(position.partition)
            case .failure(let error): throw .notRead(error)
            case nil: throw .notRead(.timedOut)
            }
        }
        return letters
    }
}
