import Testing

@testable import ChatifyRedis

@Suite struct RedisCommandTests {
    @Test(arguments: [
        (["PING"], "*1\r\n$4\r\nPING\r\n"),
        (["GET", ""], "*2\r\n$3\r\nGET\r\n$0\r\n\r\n"),
        (["ECHO", "grüße\r\n"], "*2\r\n$4\r\nECHO\r\n$9\r\ngrüße\r\n\r\n"),
        (["SET", "k", "0123456789"], "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$10\r\n0123456789\r\n"),
    ])
    func isWrittenAsAnArrayOfStrings(words: [String], expected: String) {
        var (texts, bytes) = (RedisCommand(), RedisCommand())
        for word in words {
            texts.append(word)
            bytes.append(bytes: Array(word.utf8))
        }
        #expect(String(decoding: texts.bytes, as: UTF8.self) == expected)
        #expect(bytes == texts)
    }

    @Test func wordsOfTheInitialiserAndAddedOnesAreTheSame() {
        var command = RedisCommand("SET", "k")
        command.append("v")
        #expect(command == RedisCommand("SET", "k", "v"))
    }

    @Test func theCountOfWordsGrowsByDigits() {
        var command = RedisCommand()
        for count in 1...1001 {
            command.append("x")
            let expected = "*\(count)\r\n" + String(repeating: "$1\r\nx\r\n", count: count)
            #expect(String(decoding: command.bytes, as: UTF8.self) == expected)
        }
    }
}
