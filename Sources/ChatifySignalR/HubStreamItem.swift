/// One item of a stream, in either direction.
public struct HubStreamItem: Hashable, Sendable {
    /// The id of the stream invocation, or one of an invocation's stream ids.
    public var id: String
    /// The item.
    public var item: HubValue

    /// Names the stream and its item.
    public init(id: String, item: HubValue) {
        self.id = id
        self.item = item
    }
}
