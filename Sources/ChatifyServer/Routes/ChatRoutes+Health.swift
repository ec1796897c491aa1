internal import ChatifyCore
internal import ChatifyJSON

extension ChatRoutes {
    /// `GET /health/live`, `/health/ready`, `/health/startup`.
    func health(_ question: HealthQuestion) async -> HTTPOutcome {
        let entries = question == .ready ? await self.services.health.check() : []
        let isHealthy =
            entries.allSatisfy { $0.status != "unhealthy" } && (question == .live || self.services.health.isServing)
        return self.json(Self.report(entries, isHealthy: isHealthy), status: isHealthy ? 200 : 503)
    }

    private static func report(_ entries: [HealthEntry], isHealthy: Bool) -> [UInt8] {
        var writer = JSONWriter(reserving: 256)
        writer.beginObject()
        writer.key("status")
        writer.string(isHealthy ? "healthy" : "unhealthy")
        writer.key("dependencies")
        writer.beginArray()
        for entry in entries {
            writer.beginObject()
            writer.key("name")
            writer.string(entry.name)
            writer.key("status")
            writer.string(entry.status)
            writer.key("durationMs")
            writer.int(entry.duration.wholeMilliseconds)
            if let error = entry.error {
                writer.key("error")
                writer.string(error)
            }
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }
}
