extension String {
    /// Compares byte for byte, taking ASCII letters of either case as equal; allocates nothing.
    package func equalsIgnoringASCIICase(_ other: String) -> Bool {
        self.utf8.count == other.utf8.count
            && zip(self.utf8, other.utf8).allSatisfy { $0 == $1 || Self.foldCase($0) == Self.foldCase($1) }
    }

    private static func foldCase(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
}
