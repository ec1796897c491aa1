/// A connection of a worker, in whatever phase it is.
protocol ServedConnection: AnyObject {
    /// Lets time pass, for deadlines that need no timer of their own.
    func tick(now: ContinuousClock.Instant)

    /// What waits to be written.
    var outboundBytes: Int { get }

    /// Is told that the server is stopping: close when nothing is under way.
    func serverStops()

    /// Closes at once.
    func abort()
}
