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
    /// What the hub said to the request for an upgrade.
    private var admission: HubAdmission?
    private var refusal: (any Error)?

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
                guard head.url?.path == "/hubs/chat" else { return channel.eventLoop.makeSucceededFuture(nil) }
                return channel.eventLoop.makeFutureWithTask {
                    try await hub.attach(token: head.query("id"), bearerToken: nil, claimedUser: head.query("user"))
                }.map { endpoint.value.upgrades($0, nil) }.recover { endpoint.value.upgrades(nil, $0) }
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
    private func upgrades(_ admission: HubAdmission?, _ refusal: (any Error)?) -> HTTPHeaders? {
        (self.admission, self.refusal) = (admission, refusal)
        return admission.map { _ in [:] }
    }

    private func becomeSocket(_ channel: any Channel) throws {
        guard let admission = self.admission else { return }
        self.admission = nil
        guard channel.isActive else { return self.hub.release(admission) }
        let socket = HubSocket(channel: channel, shard: self.shard, admission: admission)
        try channel.pipeline.syncOperations.addHandler(socket)
    }

    func channelInactive(context: ChannelHandlerContext) {
        // The client left while it was let in.
        if let admission = self.admission { self.hub.release(admission) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Nothing here depends on a request's body.
        guard case .head(let head) = Self.unwrapInboundIn(data) else { return }
        if let refusal = self.refusal { return self.refuse(refusal, on: context) }
        guard head.url?.path == "/hubs/chat/negotiate" else { return self.respond(404, [], on: context) }
        guard head.method == .POST else { return self.respond(405, [], on: context) }
        let (hub, version, user) = (self.hub, head.query("negotiateVersion"), head.query("user"))
        let answer = context.eventLoop.makeFutureWithTask {
            try await hub.negotiate(version: version, bearerToken: nil, claimedUser: user)
        }.assumeIsolated()
        answer.whenSuccess { self.respond(200, $0, on: context) }
        answer.whenFailure { self.refuse($0, on: context) }
    }

    private func refuse(_ refusal: any Error, on context: ChannelHandlerContext) {
        self.refusal = nil
        guard let rejection = refusal as? HubRejection else { return self.respond(500, [], on: context) }
        self.respond(rejection.status, Array(rejection.reason.utf8), on: context)
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

extension HTTPRequestHead {
    fileprivate var url: URLComponents? { URLComponents(string: self.uri) }

    fileprivate func query(_ name: String) -> String? { self.url?.queryItems?.first { $0.name == name }?.value }
}
