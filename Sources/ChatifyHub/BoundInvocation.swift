internal import ChatifySignalR

/// An invocation on its way to its answer: bound to its method, so that while it waits it holds what the method needs and no more.
///
/// The values of arguments may take twenty times the memory of the bytes they came in.
struct BoundInvocation: Sendable {
    /// The client's name for the call; without it nobody answers.
    let id: String?
    /// The name of the method, as the client wrote it.
    let target: String
    /// The call, or why there is none.
    let call: Result<HubCall, HubBindingError>

    init(_ invocation: HubInvocation) {
        self.id = invocation.id
        self.target = invocation.target
        self.call = Result { () throws(HubBindingError) in try HubCall(invocation) }
    }
}
