/// The items of a request target's query, in order, decoded.
///
/// Names and values are decoded as HTML forms are: `+` is a space, `%XX` a byte. A malformed escape stays as it is and
/// bytes that are not UTF-8 become U+FFFD, because clients put items into the query that are not meant for us.
public struct HTTPQuery: Sendable, Equatable {
    /// One `name=value`; an item without `=` has an empty value.
    public struct Item: Sendable, Equatable {
        /// The decoded name.
        public var name: String
        /// The decoded value.
        public var value: String

        /// Creates an item of a decoded name and value.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The items in order.
    public let items: [Item]

    /// Splits and decodes `text`, the part of a target after `?`; empty items are dropped.
    public init(_ text: some StringProtocol) {
        self.items = Substring(text).utf8.split(separator: ASCII.ampersand).map { item in
            guard let equals = item.firstIndex(of: ASCII.equals) else {
                return Item(name: PercentDecoding.form(Substring(item)), value: "")
            }
            let value = item[item.index(after: equals)...]
            return Item(
                name: PercentDecoding.form(Substring(item[..<equals])),
                value: PercentDecoding.form(Substring(value))
            )
        }
    }

    /// The value of the first item called exactly `name`, or nil.
    public func first(_ name: String) -> String? {
        for item in self.items where item.name == name { return item.value }
        return nil
    }
}
