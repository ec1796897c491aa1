internal import ChatifyCore

/// What an adapter did wrong, before it is known to which check.
struct BrokenLaw: Error {
    let deed: String
    let expected: String?
    let actual: String?

    init(_ deed: String, expected: String? = nil, actual: String? = nil) {
        self.deed = deed
        self.expected = expected
        self.actual = actual
    }
}

/// Throws unless `condition` holds; `deed` says what the adapter did otherwise.
func demand(_ condition: Bool, _ deed: @autoclosure () -> String) throws {
    guard condition else { throw BrokenLaw(deed()) }
}

/// Throws unless `actual` is `expected`; `deed` says what the adapter did otherwise.
func demand<Value: Equatable>(_ actual: Value?, is expected: Value?, _ deed: @autoclosure () -> String) throws {
    guard actual != expected else { return }
    throw BrokenLaw(deed(), expected: inWords(expected), actual: inWords(actual))
}

/// Throws unless `body` fails with one of `codes`.
func demandFailure(
    _ codes: Set<ChatError.Code>,
    _ deed: String,
    _ body: () async throws -> Void
) async throws {
    let expected = codes.map(\.rawValue).sorted().joined(separator: " or ")
    do {
        try await body()
    } catch let error as BrokenLaw {
        throw error
    } catch let error as ChatError where codes.contains(error.code) {
        return
    } catch {
        throw BrokenLaw(deed, expected: expected, actual: shortened("\(error)"))
    }
    throw BrokenLaw(deed, expected: expected, actual: "no error")
}

private func inWords<Value>(_ value: Value?) -> String { value.map { shortened("\($0)") } ?? "nil" }

/// Long values tell no more than their beginning.
private func shortened(_ text: String) -> String {
    text.utf8.count <= 400 ? text : String(text.prefix(400)) + "…"
}
