/// The name of an object's member, lent to the closure that reads the member's value.
package struct JSONKey: ~Copyable {
    private let contents: JSONStringContents

    init(_ contents: JSONStringContents) { self.contents = contents }

    /// Compares exactly, byte for byte, without allocating.
    package static func == (key: borrowing JSONKey, name: StaticString) -> Bool {
        key.matches(name) { $0 == $1 }
    }

    /// Compares without regard to the case of ASCII letters; every other byte must be equal.
    package borrowing func matchesIgnoringCase(_ name: StaticString) -> Bool {
        self.matches(name) { ASCII.lowercased($0) == ASCII.lowercased($1) }
    }

    borrowing func makeString() -> String { self.contents.makeString() }

    @inline(__always)
    private borrowing func matches(_ name: StaticString, _ areEqual: (UInt8, UInt8) -> Bool) -> Bool {
        guard !self.contents.hasEscapes else {
            return self.makeString().utf8.elementsEqual(Self.bytes(of: name), by: areEqual)
        }
        let count = self.contents.bytes.count
        guard count == name.utf8CodeUnitCount else { return false }
        let other = Self.bytes(of: name)
        for index in 0..<count where !areEqual(self.contents.bytes[index], other[index]) { return false }
        return true
    }

    @inline(__always)
    private static func bytes(of name: StaticString) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
    }
}

extension String {
    /// Makes the name a key spells, with its escapes undone.
    package init(_ key: borrowing JSONKey) { self = key.makeString() }
}
