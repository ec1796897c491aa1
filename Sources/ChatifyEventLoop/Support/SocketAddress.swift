internal import CLibuv

/// An IP address and port, ready for the socket calls.
struct SocketAddress {
    private var storage = sockaddr_storage()

    /// Reads an IPv4 or IPv6 literal, or `localhost`, which is 127.0.0.1.
    ///
    /// Names are not looked up.
    init(host: String, port: Int) throws(EventLoopError) {
        guard let port = CInt(exactly: port), (0...65535).contains(port) else {
            throw EventLoopError(.invalidArgument, "a port is 0 to 65535", during: "\(host):\(port)")
        }
        let literal = host == "localhost" ? "127.0.0.1" : host
        guard Self.parse(literal, port, into: &self.storage) else {
            throw EventLoopError(.invalidArgument, "the host is not an IP address", during: "\(host):\(port)")
        }
    }

    private static func parse(_ host: String, _ port: CInt, into storage: inout sockaddr_storage) -> Bool {
        withUnsafeMutableBytes(of: &storage) { bytes in
            guard let start = bytes.baseAddress else { return false }
            return uv_ip4_addr(host, port, start.assumingMemoryBound(to: sockaddr_in.self)) == 0
                || uv_ip6_addr(host, port, start.assumingMemoryBound(to: sockaddr_in6.self)) == 0
        }
    }

    func withPointer<Value>(_ body: (UnsafePointer<sockaddr>) -> Value) -> Value {
        withUnsafePointer(to: self.storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0) }
        }
    }

    /// `192.0.2.1:80`, `[2001:db8::1]:80`, or an empty string for anything but IP.
    static func describe(_ storage: UnsafePointer<sockaddr_storage>) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { name in
            guard let start = name.baseAddress else { return "" }
            let raw = UnsafeRawPointer(storage)
            switch CInt(storage.pointee.ss_family) {
            case AF_INET:
                let address = raw.assumingMemoryBound(to: sockaddr_in.self)
                uv_ip4_name(address, start, name.count)
                return "\(String(cString: start)):\(UInt16(bigEndian: address.pointee.sin_port))"
            case AF_INET6:
                let address = raw.assumingMemoryBound(to: sockaddr_in6.self)
                uv_ip6_name(address, start, name.count)
                return "[\(String(cString: start))]:\(UInt16(bigEndian: address.pointee.sin6_port))"
            default:
                return ""
            }
        }
    }
}
