import ChatifySignalR
import Testing

@Suite struct HubErrorTextTests {
    @Test(
        arguments: [
            (HubErrorText.methodFailed("X"), "An unexpected error occurred invoking 'X' on the server."),
            (
                HubErrorText.methodFailed("SendAsync", detail: "CODE: message"),
                "An unexpected error occurred invoking 'SendAsync' on the server. HubException: CODE: message"
            ),
            (HubErrorText.argumentsDoNotBind("X"), "Failed to invoke 'X' due to an error on the server."),
            (
                HubErrorText.unknownMethod("X"),
                "Failed to invoke 'X' due to an error on the server. HubException: Method does not exist."
            ),
            (HubErrorText.unauthorized("X"), "Failed to invoke 'X' because user is unauthorized"),
            (HubErrorText.streamFailed(), "An error occurred on the server while streaming results."),
            (
                HubErrorText.streamFailed(detail: "d"),
                "An error occurred on the server while streaming results. HubException: d"
            ),
            (HubErrorText.invocationIDInUse("n"), "Invocation ID 'n' is already in use."),
            (
                HubErrorText.notStreaming("X"),
                "The client attempted to invoke the non-streaming 'X' method with a streaming invocation."
            ),
            (
                HubErrorText.streaming("X"),
                "The client attempted to invoke the streaming 'X' method with a non-streaming invocation."
            ),
        ])
    func isWordedAsASPNETDoes(text: String, expected: String) {
        #expect(text == expected)
    }
}
