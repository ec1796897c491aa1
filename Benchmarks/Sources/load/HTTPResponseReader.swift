/// Cuts a stream of bytes into HTTP responses whose length is said or whose body comes in chunks (RFC 9112 §6 and §7).
///
/// Trusts the server under test: knows the fields in its spelling alone.
struct HTTPResponseReader {
    enum Piece {
        case head(status: Int)
        /// Some of the body; the bytes are good until the call returns.
        case body(UnsafeRawBufferPointer)
        case end
    }

    private enum Phase {
        case status, fields, body, chunkSize, chunk, chunkEnd, trailers
    }

    private var phase = Phase.status
    /// The line that is yet to end.
    private var line: [UInt8] = []
    private var status = 0
    private var isChunked = false
    /// What is missing of the body or of the chunk.
    private var remaining = 0

    /// Hands over what `bytes` bring.
    mutating func read(_ bytes: UnsafeRawBufferPointer, _ take: (Piece) -> Void) {
        var rest = bytes[...]
        while !rest.isEmpty {
            switch self.phase {
            case .body, .chunk: self.readBody(&rest, take)
            case .status, .fields, .chunkSize, .chunkEnd, .trailers: self.readLine(&rest, take)
            }
        }
    }

    private mutating func readBody(_ rest: inout Slice<UnsafeRawBufferPointer>, _ take: (Piece) -> Void) {
        let piece = rest.prefix(self.remaining)
        rest = rest.dropFirst(piece.count)
        self.remaining -= piece.count
        take(.body(UnsafeRawBufferPointer(rebasing: piece)))
        guard self.remaining == 0 else { return }
        if self.isChunked { self.phase = .chunkEnd } else { self.end(take) }
    }

    private mutating func readLine(_ rest: inout Slice<UnsafeRawBufferPointer>, _ take: (Piece) -> Void) {
        guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else {
            self.line += rest
            return rest = rest.suffix(0)
        }
        self.line += rest[..<end]
        rest = rest[(end + 1)...]
        if self.line.last == UInt8(ascii: "\r") { self.line.removeLast() }
        self.take(take)
        self.line.removeAll(keepingCapacity: true)
    }

    /// Takes a line that is whole.
    private mutating func take(_ take: (Piece) -> Void) {
        switch self.phase {
        case .status:
            // HTTP/1.1 200 OK
            self.status = Self.number(self.line.dropFirst(9).prefix(3), radix: 10)
            (self.isChunked, self.remaining) = (false, 0)
            self.phase = .fields
        case .fields where self.line.isEmpty:
            take(.head(status: self.status))
            if self.isChunked {
                self.phase = .chunkSize
            } else if self.remaining > 0 {
                self.phase = .body
            } else {
                self.end(take)
            }
        case .fields: self.takeField()
        case .chunkSize:
            self.remaining = Self.number(self.line[...], radix: 16)
            self.phase = self.remaining > 0 ? .chunk : .trailers
        case .chunkEnd: self.phase = .chunkSize
        case .trailers: if self.line.isEmpty { self.end(take) }
        case .body, .chunk: preconditionFailure("a body has no lines")
        }
    }

    private mutating func takeField() {
        let length = "Content-Length: ".utf8
        if self.line.starts(with: length) {
            self.remaining = Self.number(self.line.dropFirst(length.count), radix: 10)
        } else if self.line.elementsEqual("Transfer-Encoding: chunked".utf8) {
            self.isChunked = true
        }
    }

    private mutating func end(_ take: (Piece) -> Void) {
        self.phase = .status
        take(.end)
    }

    private static func number(_ digits: ArraySlice<UInt8>, radix: Int) -> Int {
        guard let number = Int(String(decoding: digits, as: UTF8.self), radix: radix) else {
            fatalError("no number: \(digits)")
        }
        return number
    }
}
