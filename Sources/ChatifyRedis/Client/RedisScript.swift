internal import ChatifyCore

/// A Lua script that the server runs as one step, called by its digest once the server has told us that.
///
/// Make one per source, for the life of the process.
package final class RedisScript: Sendable {
    let source: String
    private let knownDigest = Locked<String?>(nil)

    package init(_ source: String) { self.source = source }

    /// The SHA-1 by which the server knows the script; it follows from the source alone, so it holds for every server.
    var digest: String? { self.knownDigest.withLock { $0 } }

    func learned(_ digest: String?) { self.knownDigest.withLock { $0 = digest } }

    /// A run of the script.
    package func callAsFunction(_ keys: [String], _ arguments: [String] = []) -> RedisStep {
        .script(self, keys: keys, arguments: arguments)
    }
}

/// One step of a call: a command or the run of a script.
package enum RedisStep: Sendable {
    case command(RedisCommand)
    case script(RedisScript, keys: [String], arguments: [String])
}

extension RedisStep {
    /// The step as a command, a script by its digest unless `inFull`.
    fileprivate func command(inFull: Bool) -> RedisCommand {
        switch self {
        case .command(let command): return command
        case .script(let script, let keys, let arguments):
            let digest = inFull ? nil : script.digest
            let head = [digest == nil ? "EVAL" : "EVALSHA", digest ?? script.source, "\(keys.count)"]
            return RedisCommand(head + keys + arguments)
        }
    }

    fileprivate var script: RedisScript? {
        guard case .script(let script, _, _) = self else { return nil }
        return script
    }
}

extension RedisClient {
    /// Takes one step and returns its reply, error replies included.
    package func run(_ step: RedisStep) async throws(RedisError) -> RedisReply {
        if let script = step.script, script.digest == nil { try await self.learnDigests(of: [step]) }
        let reply = try await self.reply(to: step.command(inFull: false))
        return reply.isNoScript ? try await self.reply(to: step.command(inFull: true)) : reply
    }

    /// Takes steps in one go and returns their replies, in order, error replies included.
    ///
    /// Steps whose script the server has forgotten are taken once more, after the others.
    package func run(_ steps: [RedisStep]) async throws(RedisError) -> [RedisReply] {
        try await self.learnDigests(of: steps)
        var replies = try await self.send(steps.map { $0.command(inFull: false) })
        let forgotten = steps.indices.filter { replies[$0].isNoScript }
        guard !forgotten.isEmpty else { return replies }
        // EVAL also teaches the server the script.
        let again = try await self.send(forgotten.map { steps[$0].command(inFull: true) })
        for (index, reply) in zip(forgotten, again) { replies[index] = reply }
        return replies
    }

    private func learnDigests(of steps: [RedisStep]) async throws(RedisError) {
        var unknown: [RedisScript] = []
        for case let script? in steps.map(\.script) where script.digest == nil {
            if !unknown.contains(where: { $0 === script }) { unknown.append(script) }
        }
        guard !unknown.isEmpty else { return }
        let replies = try await self.send(unknown.map { RedisCommand("SCRIPT", "LOAD", $0.source) })
        // A server that may not say it gets the scripts in full.
        for (script, reply) in zip(unknown, replies) { script.learned(try? reply.text()) }
    }
}

extension RedisReply {
    fileprivate var isNoScript: Bool {
        guard case .error(let text) = self else { return false }
        return text.hasPrefix("NOSCRIPT ")
    }
}
