internal import CLibuv

extension EventLoop {
    /// Looks up the IP addresses of `host`, in the system's order, without blocking the loop.
    ///
    /// Only on the loop, which also calls `completion`. An IP literal is answered as it is and `localhost` is 127.0.0.1, both before
    /// this returns. A lookup under way holds up the loop's shutdown until the system's resolver gives up.
    public func lookUp(_ host: String, completion: @escaping (Result<[String], EventLoopError>) -> Void) {
        self.preconditionCurrent()
        if host == "localhost" { return completion(.success(["127.0.0.1"])) }
        if (try? SocketAddress(host: host, port: 0)) != nil { return completion(.success([host])) }
        NameLookup(loop: self, host: host, completion: completion).start()
    }
}

/// One question to the system's resolver, which libuv asks on a thread of its own.
private final class NameLookup {
    private let loop: EventLoop
    private let host: String
    private let completion: (Result<[String], EventLoopError>) -> Void
    private let request = UnsafeMutablePointer<uv_getaddrinfo_t>.allocate(capacity: 1)

    init(loop: EventLoop, host: String, completion: @escaping (Result<[String], EventLoopError>) -> Void) {
        self.loop = loop
        self.host = host
        self.completion = completion
    }

    deinit { self.request.deallocate() }

    private var attempt: String { "looking up \(self.host)" }

    func start() {
        guard !self.loop.state.isStopping else {
            return self.completion(.failure(.shuttingDown(during: self.attempt)))
        }
        var hints = addrinfo()
        hints.ai_socktype = chatify_stream_socket_type()
        // The request retains its lookup until the callback, which libuv always makes once the call has succeeded.
        let retained = Unmanaged.passRetained(self)
        self.request.pointee.data = retained.toOpaque()
        let status = uv_getaddrinfo(
            self.loop.state.uv,
            self.request,
            { request, status, addresses in
                guard let data = request?.pointee.data else { return }
                Unmanaged<NameLookup>.fromOpaque(data).takeRetainedValue().ended(status, addresses)
            },
            self.host,
            nil,
            &hints
        )
        guard status == 0 else {
            retained.release()
            return self.completion(.failure(EventLoopError(status: status, during: self.attempt)))
        }
        // Like an open handle, so that the loop does not end under it.
        self.loop.state.openHandles += 1
    }

    private func ended(_ status: CInt, _ first: UnsafeMutablePointer<addrinfo>?) {
        self.loop.state.openHandles -= 1
        defer { uv_freeaddrinfo(first) }
        guard status == 0 else {
            return self.completion(.failure(EventLoopError(status: status, during: self.attempt)))
        }
        var addresses: [String] = []
        var next = first
        while let entry = next {
            next = entry.pointee.ai_next
            guard let address = Self.literal(entry.pointee), !addresses.contains(address) else { continue }
            addresses.append(address)
        }
        self.completion(.success(addresses))
    }

    private static func literal(_ entry: addrinfo) -> String? {
        guard let address = entry.ai_addr else { return nil }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { name in
            guard let start = name.baseAddress else { return nil }
            let raw = UnsafeRawPointer(address)
            switch entry.ai_family {
            case AF_INET: uv_ip4_name(raw.assumingMemoryBound(to: sockaddr_in.self), start, name.count)
            case AF_INET6: uv_ip6_name(raw.assumingMemoryBound(to: sockaddr_in6.self), start, name.count)
            default: return nil
            }
            return String(cString: start)
        }
    }
}
