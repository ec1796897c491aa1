/// A value that most owners do not have, and that takes a word of those.
struct Rarely<Value> {
    /// None, or the one.
    private var storage: [Value]

    init(_ value: Value? = nil) { self.storage = value.map { [$0] } ?? [] }

    /// The value, changed where it stands.
    var value: Value? {
        get { self.storage.first }
        _modify {
            var value = self.storage.popLast()
            defer { if let value { self.storage.append(value) } }
            yield &value
        }
    }
}

extension Rarely: Sendable where Value: Sendable {}
