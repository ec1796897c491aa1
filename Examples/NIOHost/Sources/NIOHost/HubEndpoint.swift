import ChatifyHub
import Foundation
import NIOCore
import NIOHTTP1
import NIOWebSocket

/// The two endpoints of a hub on one HTTP connection: negotiate, and the upgrade to a WebSocket.
final class HubEndpoint: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let hub: ChatHub
    private let shard: HubShard
    private var head: HTTPRequestHead?
    /// What the hub said to the request for an upgrade.
    private var attached: Result<HubAdmission, HubRejection>?

    init(hub: ChatHub, shard: HubShard) {
        self.hub = hub
        self.shard = shard
    }

    /// Prepares a connection that was just accepted.
    func configure(_ channel: any Channel) throws {
        let (hub, endpoint) = (self.hub, NIOLoopBound(self, eventLoop: channel.eventLoop))
        let upgrader = NIOWebSocketServerUpgrader(
            maxFrameSize: 1_048_576,
            shouldUpgrade: { channel, head in
                guard head.path == "/hubs/chat" else { return channel.eventLoop.makeSucceededFuture(nil) }
                return channel.eventLoop.makeFutureWithTask { await hub.attach(head) }.map {
                    endpoint.value.attached($0)
                }
            },
            upgradePipelineHandler: { channel, _ in
                channel.eventLoop.makeCompletedFuture { try endpoint.value.becomeSocket(channel) }
            }
        )
        let remove: @Sendable (ChannelHandlerContext) -> Void = {
            $0.pipeline.syncOperations.removeHandler(endpoint.value, promise: nil)
        }
        let pipeline = channel.pipeline.syncOperations
        try pipeline.configureHTTPServerPipeline(withServerUpgrade: (upgraders: [upgrader], completionHandler: remove))
        try pipeline.addHandler(self)
    }

    /// Without headers there is no upgrade, and the request goes on to `channelRead`.
    private func attached(_ result: Result<HubAdmission, HubRejection>) -> HTTPHeaders? {
        self.attached = result
        return (try? result.get()).map { _ in HTTPHeaders() }
    }

    private func becomeSocket(_ channel: any Channel) throws {
        guard case .success(let admission) = self.attached else { return }
        self.attached = nil
        guard channel.isActive else { return self.hub.release(admission) }
        let socket = HubSocket(channel: channel, shard: self.shard, admission: admission)
        try channel.pipeline.syncOperations.addHandler(socket)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Self.unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body: break
        case .end: if let head = self.head { self.answer(head, on: context) }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        // The client left while it was let in.
        if case .success(let admission) = self.attached { self.hub.release(admission) }
    }

    private func answer(_ head: HTTPRequestHead, on context: ChannelHandlerContext) {
        if case .failure(let rejection) = self.attached {
            self.attached = nil
            return self.respond(rejection.status, Array(rejection.reason.utf8), on: context)
        }
        guard head.path == "/hubs/chat/negotiate" else { return self.respond(404, [], on: context) }
        guard head.method == .POST else { return self.respond(405, [], on: context) }
        let (hub, context) = (self.hub, context)
        context.eventLoop.makeFutureWithTask { await hub.negotiate(head) }.assumeIsolated().whenSuccess {
            self.respond($0.status, $0.body, on: context)
        }
    }

    private func respond(_ status: Int, _ body: [UInt8], on context: ChannelHandlerContext) {
        var head = HTTPResponseHead(version: .http1_1, status: HTTPResponseStatus(statusCode: status))
        let type = status == 200 ? "application/json" : "text/plain"
        head.headers = ["Content-Type": type, "Content-Length": "\(body.count)"]
        context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
        context.write(Self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
        context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
    }
}

extension ChatHub {
    fileprivate func attach(_ head: HTTPRequestHead) async -> Result<HubAdmission, HubRejection> {
        do throws(HubRejection) {
            let token = head.query("id")
            return .success(try await self.attach(token: token, bearerToken: nil, claimedUser: head.query("user")))
        } catch {
            return .failure(error)
        }
    }

    fileprivate func negotiate(_ head: HTTPRequestHead) async -> (status: Int, body: [UInt8]) {
        do throws(HubRejection) {
            let (version, user) = (head.query("negotiateVersion"), head.query("user"))
            return (200, try await self.negotiate(version: version, bearerToken: nil, claimedUser: user))
        } catch {
            return (error.status, Array(error.reason.utf8))
        }
    }
}

extension HTTPRequestHead {
    fileprivate var path: String? { URLComponents(string: self.uri)?.path }

    fileprivate func query(_ name: String) -> String? {
        URLComponents(string: self.uri)?.queryItems?.first { $0.name == name }?.value
    }
}
