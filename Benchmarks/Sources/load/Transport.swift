import ArgumentParser

/// How a client's bytes travel.
enum Transport: String, ExpressibleByArgument, CaseIterable, Sendable {
    case websockets, sse, longpolling

    /// What a client that opens it accepts.
    var accept: String { self == .sse ? "text/event-stream" : "*/*" }
}
