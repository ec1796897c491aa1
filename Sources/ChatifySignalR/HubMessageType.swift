/// The numbers that tell the messages of the protocol apart.
enum HubMessageType {
    static let invocation: Int64 = 1
    static let streamItem: Int64 = 2
    static let completion: Int64 = 3
    static let streamInvocation: Int64 = 4
    static let cancelInvocation: Int64 = 5
    static let ping: Int64 = 6
    static let close: Int64 = 7
    static let ack: Int64 = 8
    static let sequence: Int64 = 9
}
