import ChatifyHub
import ChatifySignalR
import NIOCore
import NIOWebSocket

/// Joins a WebSocket of NIO to a hub connection; lives on the channel's loop.
final class HubSocket: ChannelInboundHandler, HubTransport {
    typealias InboundIn = WebSocketFrame

    private let channel: any Channel
    private var connection: HubConnection?
    private(set) var queuedBytes = 0

    init(channel: any Channel, shard: HubShard, admission: HubAdmission) {
        self.channel = channel
        self.connection = shard.connect(self, as: admission, framing: .none)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = Self.unwrapInboundIn(data)
        switch frame.opcode {
        case .text, .binary, .continuation: frame.unmaskedData.withUnsafeReadableBytes { self.connection?.receive($0) }
        case .ping: self.send(.pong, frame.unmaskedData)
        // The answer to ours, which is not answered again.
        case .connectionClose where self.connection == nil: self.channel.close(promise: nil)
        case .connectionClose:
            self.send(.connectionClose, frame.unmaskedData).whenComplete { [channel] _ in channel.close(promise: nil) }
        default: break
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.connection?.transportClosed()
        self.connection = nil
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { self.channel.close(promise: nil) }

    // MARK: - HubTransport

    func write(_ bytes: [UInt8]) -> Bool {
        guard self.queuedBytes + bytes.count <= 1_048_576 else { return false }
        self.queuedBytes += bytes.count
        let sending = self.send(self.opcode, ByteBuffer(bytes: bytes)).assumeIsolated()
        sending.whenComplete { _ in self.queuedBytes -= bytes.count }
        return true
    }

    func pauseReading() { try? self.channel.syncOptions?.setOption(.autoRead, value: false) }

    func resumeReading() { try? self.channel.syncOptions?.setOption(.autoRead, value: true) }

    func close(sending bytes: [UInt8]?) {
        if let bytes { self.send(self.opcode, ByteBuffer(bytes: bytes)) }
        self.connection = nil
        var code = ByteBuffer()
        code.write(webSocketErrorCode: .normalClosure)
        self.send(.connectionClose, code)
        // The client's own close frame ends the connection; one that does not come is not waited for long.
        self.resumeReading()
        self.channel.eventLoop.scheduleTask(in: .seconds(5)) { [channel] in channel.close(promise: nil) }
    }

    func abort() {
        self.connection = nil
        self.channel.close(promise: nil)
    }

    private var opcode: WebSocketOpcode { self.connection?.transferFormat == .binary ? .binary : .text }

    @discardableResult
    private func send(_ opcode: WebSocketOpcode, _ data: ByteBuffer) -> EventLoopFuture<Void> {
        self.channel.writeAndFlush(WebSocketFrame(fin: true, opcode: opcode, data: data))
    }
}
