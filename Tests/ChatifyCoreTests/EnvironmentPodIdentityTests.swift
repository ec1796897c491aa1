import ChatifyCore
import Foundation
import Testing

@Suite struct EnvironmentPodIdentityTests {
    @Test(arguments: [
        (["POD_NAME": "pod-1", "HOSTNAME": "host-1"], "pod-1"),
        (["HOSTNAME": "host-1"], "host-1"),
        (["POD_NAME": "", "HOSTNAME": "host-1"], "host-1"),
        (["POD_NAME": String(repeating: "a", count: 256)], String(repeating: "a", count: 256)),
    ])
    func takesTheFirstThatIsSet(environment: [String: String], expected: String) throws {
        #expect(try EnvironmentPodIdentity(environment: environment).podID.rawValue == expected)
    }

    @Test func fallsBackToTheMachinesName() throws {
        #expect(try EnvironmentPodIdentity(environment: [:]).podID.rawValue == ProcessInfo.processInfo.hostName)
    }

    @Test(arguments: [
        (["POD_NAME": " ", "HOSTNAME": "host-1"], "POD_NAME"),
        (["POD_NAME": String(repeating: "a", count: 257)], "POD_NAME"),
        (["HOSTNAME": "\t"], "HOSTNAME"),
    ])
    func namesTheVariableThatIsWrong(environment: [String: String], variable: String) {
        let error = #expect(throws: ChatError.self) { try EnvironmentPodIdentity(environment: environment) }
        #expect(error?.code == .configuration)
        #expect(error?.message.hasPrefix(variable + " ") == true)
    }
}
