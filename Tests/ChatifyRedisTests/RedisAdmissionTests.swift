import Testing

@testable import ChatifyRedis

@Suite struct RedisAdmissionTests {
    @Test func letsInUpToItsBound() {
        let admission = RedisAdmission(maximum: 3)
        #expect(admission.admit(2))
        #expect(!admission.admit(2))
        #expect(admission.admit(1))
        #expect(!admission.admit(1))
        #expect(admission.commandsInFlight == 3)
        admission.release(2)
        #expect(admission.admit(2))
    }

    @Test func moreThanTheBoundGoesAlone() {
        let admission = RedisAdmission(maximum: 3)
        #expect(admission.admit(5))
        #expect(!admission.admit(1))
        admission.release(5)
        #expect(admission.admit(1))
        #expect(!admission.admit(5))
        #expect(admission.commandsInFlight == 1)
    }

    @Test func manyAtOnceNeverPassTheBound() async {
        let admission = RedisAdmission(maximum: 50)
        let most = await withTaskGroup(of: Int.self) { tasks in
            for _ in 0..<8 {
                tasks.addTask {
                    var most = 0
                    for _ in 0..<10_000 where admission.admit(20) {
                        most = max(most, admission.commandsInFlight)
                        admission.release(20)
                    }
                    return most
                }
            }
            return await tasks.reduce(0, max)
        }
        #expect((20...40).contains(most))
        #expect(admission.commandsInFlight == 0)
    }
}
