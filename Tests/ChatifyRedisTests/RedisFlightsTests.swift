import TestSupport
import Testing

@testable import ChatifyRedis

@Suite struct RedisFlightsTests {
    @Test func areAnsweredInOrderWhateverTheirNumber() {
        var (flights, random) = (RedisFlights(), SeededRandom(seed: 9))
        var model: [(token: UInt, call: RedisCall, answers: Int)] = []
        for _ in 0..<200 {
            for _ in 0..<Int.random(in: 0...200, using: &random) {
                let call = Self.call(commands: Int.random(in: 1...3, using: &random))
                model.append((flights.append(.init(call: call, deadline: .now)), call, 0))
            }
            for _ in 0..<Int.random(in: 0...400, using: &random) where !model.isEmpty {
                #expect(flights.oldest?.call === model[0].call)
                let landing = flights.land(model[0].token)
                model[0].answers += 1
                #expect(landing?.call === model[0].call)
                #expect(landing?.isFirst == (model[0].answers == 1))
                #expect(landing?.isLast == (model[0].answers == model[0].call.commandCount))
                if landing?.isLast == true { model.removeFirst() }
            }
        }
        #expect(model.count > 0)
        let rest = flights.takeAll()
        #expect(rest.count == model.count)
        #expect(zip(rest, model).allSatisfy { $0.call === $1.call })
        #expect(flights.oldest == nil)
    }

    @Test func anAnswerThatFitsNoCommandLandsNowhere() {
        var flights = RedisFlights()
        #expect(flights.land(1) == nil)
        let first = flights.append(.init(call: Self.call(commands: 2), deadline: .now))
        let second = flights.append(.init(call: Self.call(commands: 1), deadline: .now))
        #expect(flights.land(second) == nil)
        #expect(flights.land(0) == nil)
        #expect(flights.land(first)?.isLast == false)
        #expect(flights.land(second) == nil)
        #expect(flights.land(first)?.isLast == true)
        #expect(flights.land(first) == nil)
        #expect(flights.land(second)?.isLast == true)
    }

    private static func call(commands: Int) -> RedisCall {
        RedisCall(RedisCommand("PING"), Array(repeating: RedisCommand("PING"), count: commands - 1)[...])
    }
}
