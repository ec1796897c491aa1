/// A command and its arguments, any bytes each, in the form in which Redis takes it.
///
/// That is an array of strings (RESP): `*2\r\n$3\r\nGET\r\n$3\r\nkey\r\n`.
package struct RedisCommand: Sendable, Hashable {
    /// What is sent, and a NUL behind it that is not.
    ///
    /// hiredis looks for the next argument by C's string functions, which have to find an end (`nextArgument` in async.c).
    private(set) var terminatedBytes: [UInt8] = []
    private var wordCount: Int

    /// What is sent.
    var bytes: ArraySlice<UInt8> { self.terminatedBytes.dropLast() }

    /// Makes a command of words.
    package init(_ words: String...) { self.init(words) }

    /// Makes a command of words.
    package init(_ words: [String]) {
        self.wordCount = words.count
        // Enough for the count, and for each word its length and two line ends.
        self.terminatedBytes.reserveCapacity(words.reduce(8) { $0 + $1.utf8.count + 12 })
        self.terminatedBytes.append(UInt8(ascii: "*"))
        self.terminatedBytes.append(decimal: words.count)
        self.terminatedBytes.appendLineEnd()
        for word in words { self.add(word.utf8) }
        self.terminatedBytes.append(0)
    }

    /// Adds an argument.
    package mutating func append(_ word: String) {
        self.appendArgument(word.utf8)
    }

    /// Adds an argument of any bytes.
    package mutating func append(bytes word: [UInt8]) {
        self.appendArgument(word)
    }

    private mutating func appendArgument(_ word: some Collection<UInt8>) {
        self.countOneMore()
        self.terminatedBytes.removeLast()
        self.add(word)
        self.terminatedBytes.append(0)
    }

    private mutating func add(_ word: some Collection<UInt8>) {
        self.terminatedBytes.append(UInt8(ascii: "$"))
        self.terminatedBytes.append(decimal: word.count)
        self.terminatedBytes.appendLineEnd()
        self.terminatedBytes.append(contentsOf: word)
        self.terminatedBytes.appendLineEnd()
    }

    private mutating func countOneMore() {
        let digits = 1..<(1 + self.wordCount.decimalDigits)
        self.wordCount += 1
        self.terminatedBytes.replaceSubrange(digits, with: repeatElement(0, count: self.wordCount.decimalDigits))
        self.terminatedBytes.write(decimal: self.wordCount, at: 1)
    }
}

extension Int {
    /// How many digits the number has, which must not be negative.
    fileprivate var decimalDigits: Int {
        var (digits, rest) = (1, self / 10)
        while rest > 0 { (digits, rest) = (digits + 1, rest / 10) }
        return digits
    }
}

extension [UInt8] {
    /// Adds a number, which must not be negative, in decimal digits.
    fileprivate mutating func append(decimal number: Int) {
        let start = self.count
        for _ in 0..<number.decimalDigits { self.append(0) }
        self.write(decimal: number, at: start)
    }

    /// Writes the digits of a number over what is there.
    fileprivate mutating func write(decimal number: Int, at start: Int) {
        var (index, rest) = (start + number.decimalDigits, number)
        while index > start {
            index -= 1
            self[index] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
    }

    fileprivate mutating func appendLineEnd() {
        self.append(UInt8(ascii: "\r"))
        self.append(UInt8(ascii: "\n"))
    }
}
