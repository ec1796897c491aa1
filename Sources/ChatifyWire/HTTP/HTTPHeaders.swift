/// The fields of a request or response head, in order, with names compared without regard to case.
///
/// A list rather than a dictionary: heads are short, order and repetitions matter, and looking through twenty short
/// names costs less than hashing them.
public struct HTTPHeaders: Sendable, Equatable {
    /// One field line.
    public struct Field: Sendable, Equatable {
        /// The name as it was written.
        public var name: String
        /// The value without blanks around it.
        public var value: String

        /// Creates a field of a name and a value.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The fields in order.
    public private(set) var fields: [Field] = []

    /// Creates an empty list.
    public init() {}

    /// Creates a list of the given fields, in order.
    public init(_ fields: [(String, String)]) {
        self.fields = fields.map { Field(name: $0.0, value: $0.1) }
    }

    /// The number of fields.
    public var count: Int { self.fields.count }

    /// The value of the first field called `name`, or nil.
    public subscript(name: String) -> String? {
        for field in self.fields where ASCII.equalsIgnoringCase(field.name, name) { return field.value }
        return nil
    }

    /// The values of all fields called `name`, in order.
    public func values(for name: String) -> [String] {
        self.fields.filter { ASCII.equalsIgnoringCase($0.name, name) }.map(\.value)
    }

    /// Whether a field called `name` holds `token` as an element of its comma-separated list, in any case.
    public func containsToken(_ token: String, in name: String) -> Bool {
        self.fields.contains { field in
            ASCII.equalsIgnoringCase(field.name, name) && Self.list(field.value, contains: token)
        }
    }

    /// Adds a field at the end, whether or not there is one of that name.
    public mutating func add(_ name: String, _ value: String) {
        self.fields.append(Field(name: name, value: value))
    }

    /// Replaces all fields called `name` by one, which takes the place of the first, or the end if there was none.
    public mutating func set(_ name: String, _ value: String) {
        guard let first = self.fields.firstIndex(where: { ASCII.equalsIgnoringCase($0.name, name) }) else {
            self.add(name, value)
            return
        }
        self.fields[first] = Field(name: name, value: value)
        var index = self.fields.count - 1
        while index > first {
            if ASCII.equalsIgnoringCase(self.fields[index].name, name) { self.fields.remove(at: index) }
            index -= 1
        }
    }

    private static func list(_ list: String, contains token: String) -> Bool {
        let token = token[...].utf8
        return list.utf8.split(separator: ASCII.comma).contains { element in
            ASCII.equalsIgnoringCase(trimmed(element), token)
        }
    }

    private static func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
        var text = text
        while let first = text.first, ASCII.isBlank(first) { text.removeFirst() }
        while let last = text.last, ASCII.isBlank(last) { text.removeLast() }
        return text
    }
}
