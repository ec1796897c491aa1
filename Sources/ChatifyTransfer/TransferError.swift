internal import ChatifyCore

/// Why an export or import ended before its end.
package enum TransferError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Somebody asked it to stop.
    case stopped
    /// A file could not be opened, read or written.
    case file(String)
    /// A line of the input is no event, or is one that the store does not take.
    case line(Int, String)
    /// The store failed.
    case store(String)

    /// One line for people.
    package var description: String {
        switch self {
        case .stopped: "stopped"
        case .file(let reason), .store(let reason): reason
        case .line(let number, let reason): "line \(number): \(reason)"
        }
    }

    /// Runs a call of the store, whose failure is the transfer's.
    static func wrap<Value>(_ body: () async throws(ChatError) -> Value) async throws(TransferError) -> Value {
        do throws(ChatError) { return try await body() } catch { throw .store(error.message.withoutFullStop) }
    }
}

extension String {
    /// The text without the full stop at its end, to be part of a longer line.
    var withoutFullStop: String { self.last == "." ? String(self.dropLast()) : self }
}
