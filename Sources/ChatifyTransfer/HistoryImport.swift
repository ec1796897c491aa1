package import ChatifyCore

/// Stores events of contracts §1, one a line, in a history.
///
/// Empty lines are skipped. What comes before a line that is no event is stored. At most ``batchSize`` appends are under way, and no more than one
/// piece of the input is held, so its memory does not grow with the input.
package struct HistoryImport {
    /// The messages that were stored now.
    package private(set) var stored = 0
    /// The messages that were there before.
    package private(set) var alreadyStored = 0

    private struct Item: Sendable {
        let line: Int
        let event: ChatEvent
    }

    private let history: any ChatHistoryRepository
    private let policy: ChatPolicy
    private let report: (_ messages: Int, _ bytes: Int) -> Void
    private var splitter = LineSplitter()
    private var line = 0
    private var bytes = 0
    private var batch: [Item] = []

    /// - Parameters:
    ///   - policy: The limits that the messages must keep.
    ///   - report: Is told how far it is: the messages done, and the bytes read.
    package init(
        into history: any ChatHistoryRepository,
        policy: ChatPolicy,
        report: @escaping (_ messages: Int, _ bytes: Int) -> Void
    ) {
        self.history = history
        self.policy = policy
        self.report = report
    }

    /// Reads to the end of the input.
    package mutating func run(from input: InputFile) async throws(TransferError) {
        var isAtEnd = false
        while !isAtEnd {
            let piece = try input.read()
            isAtEnd = piece.isEmpty
            self.bytes += piece.count
            self.splitter.feed(piece)
            do throws(TransferError) {
                while let line = try self.nextLine(isAtEnd: isAtEnd) { try await self.take(line) }
            } catch {
                // A failed batch is empty, so this is for a bad line alone.
                try await self.storeBatch()
                throw error
            }
            // Not later, when the batch is full: the rest of the input may be long in coming.
            try await self.storeBatch()
        }
    }

    /// The most appends under way at one time.
    private static let batchSize = 500
}

extension HistoryImport {
    private mutating func nextLine(isAtEnd: Bool) throws(TransferError) -> [UInt8]? {
        do throws(LineSplitter.LineTooLong) {
            var line = try self.splitter.next()
            if line == nil, isAtEnd { line = try self.splitter.rest() }
            if line != nil { self.line += 1 }
            return line
        } catch {
            throw .line(self.line + 1, "it has more than \(error.maximumLength) bytes")
        }
    }

    private mutating func take(_ line: [UInt8]) async throws(TransferError) {
        guard !line.isEmpty else { return }
        do throws(ChatEventDecodingError) {
            self.batch.append(Item(line: self.line, event: try ChatEventCodec.decode(line, policy: self.policy)))
        } catch {
            throw .line(self.line, error.reason.withoutFullStop)
        }
        if self.batch.count == Self.batchSize { try await self.storeBatch() }
    }

    private mutating func storeBatch() async throws(TransferError) {
        guard !self.batch.isEmpty else { return }
        let (batch, history) = (self.batch, self.history)
        self.batch.removeAll(keepingCapacity: true)
        let results = await withTaskGroup(of: (Item, Result<AppendOutcome, ChatError>).self) { group in
            for item in batch {
                group.addTask {
                    do throws(ChatError) {
                        return (item, .success(try await history.append(item.event, at: nil)))
                    } catch {
                        return (item, .failure(error))
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        var failure: (line: Int, error: ChatError)?
        for (item, result) in results {
            switch result {
            case .success(.stored): self.stored += 1
            case .success(.alreadyStored): self.alreadyStored += 1
            case .failure(let error): if item.line < failure?.line ?? .max { failure = (item.line, error) }
            }
        }
        self.report(self.stored + self.alreadyStored, self.bytes)
        guard let failure else { return }
        let reason = failure.error.message.withoutFullStop
        throw failure.error.isTransient ? .store(reason) : .line(failure.line, reason)
    }
}
