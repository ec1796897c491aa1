internal import Metrics

/// What a ``RedisClient`` counts, in the metrics factory that is in force when the client is made.
struct RedisMetrics: Sendable {
    let connections = Counter(label: "chatify_redis_connections_total")
    let losses = Counter(label: "chatify_redis_connection_losses_total")
    let overloads = Counter(label: "chatify_redis_overloads_total")
    let unexpectedReplies = Counter(label: "chatify_redis_unexpected_replies_total")
}
