extension ChatRecord {
    /// The bytes of memory that a record takes, about.
    package var approximateSize: Int {
        guard case .event(let event) = self.payload else { return 512 }
        return 512 + event.text.utf8.count + event.scope.id.rawValue.utf8.count + event.senderID.rawValue.utf8.count
    }
}
