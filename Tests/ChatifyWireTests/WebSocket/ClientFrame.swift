/// A frame as a client would write it, or as it never should.
struct ClientFrame {
    /// How many bytes the length takes, whether or not that is the shortest form.
    enum LengthForm {
        case shortest
        case two
        case eight
    }

    var opcode: UInt8
    var payload: [UInt8]
    var isFinal = true
    var reserved: UInt8 = 0
    var mask: [UInt8]? = [0x37, 0xFA, 0x21, 0x3D]
    var form = LengthForm.shortest

    var bytes: [UInt8] {
        let first = (self.isFinal ? 0x80 : 0) | self.reserved << 4 | self.opcode
        let header = [first] + Self.length(self.payload.count, isMasked: self.mask != nil, form: self.form)
        guard let mask = self.mask else { return header + self.payload }
        return header + mask + self.payload.enumerated().map { $1 ^ mask[$0 % 4] }
    }

    /// Only the header of a frame that says it carries `length` bytes.
    static func header(opcode: UInt8, isFinal: Bool = true, length: UInt64) -> [UInt8] {
        let bytes = (0..<8).map { UInt8(truncatingIfNeeded: length >> (56 - 8 * UInt64($0))) }
        return [(isFinal ? 0x80 : 0) | opcode, 0xFF] + bytes
    }

    private static func length(_ count: Int, isMasked: Bool, form: LengthForm) -> [UInt8] {
        let bit: UInt8 = isMasked ? 0x80 : 0
        switch form {
        case .shortest where count < 126: return [bit | UInt8(count)]
        case .shortest where count <= 0xFFFF, .two: return [bit | 126, UInt8(count >> 8), UInt8(count & 0xFF)]
        case .shortest, .eight: return [bit | 127] + (0..<8).map { UInt8(truncatingIfNeeded: count >> (56 - 8 * $0)) }
        }
    }
}

/// A text frame of a client.
func text(_ payload: String, isFinal: Bool = true) -> [UInt8] {
    ClientFrame(opcode: 1, payload: Array(payload.utf8), isFinal: isFinal).bytes
}

/// A text frame of a client, whose payload need not be text.
func text(_ payload: [UInt8], isFinal: Bool = true) -> [UInt8] {
    ClientFrame(opcode: 1, payload: payload, isFinal: isFinal).bytes
}

/// A binary frame of a client.
func binary(_ payload: [UInt8], isFinal: Bool = true) -> [UInt8] {
    ClientFrame(opcode: 2, payload: payload, isFinal: isFinal).bytes
}

/// A continuation frame of a client.
func more(_ payload: [UInt8], isFinal: Bool = true) -> [UInt8] {
    ClientFrame(opcode: 0, payload: payload, isFinal: isFinal).bytes
}

/// A continuation frame of a client.
func more(_ payload: String, isFinal: Bool = true) -> [UInt8] {
    more(Array(payload.utf8), isFinal: isFinal)
}

/// A ping of a client.
func ping(_ payload: [UInt8] = []) -> [UInt8] { ClientFrame(opcode: 9, payload: payload).bytes }

/// A pong of a client.
func pong(_ payload: [UInt8] = []) -> [UInt8] { ClientFrame(opcode: 10, payload: payload).bytes }

/// A close frame of a client.
func close(_ payload: [UInt8] = []) -> [UInt8] { ClientFrame(opcode: 8, payload: payload).bytes }

/// A close frame of a client with a code and a reason.
func close(_ code: UInt16, _ reason: String = "") -> [UInt8] {
    close([UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8))
}
