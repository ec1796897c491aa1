/// A value that belongs to one loop, in a box that may travel.
///
/// `@unchecked Sendable` because the value is reached only through ``value``, which stops the program on any thread but the loop's: all
/// access is on one thread, in turn. Copies of the box may be *released* anywhere, so a class inside must bear being deinitialised on
/// any thread; the classes of this module do.
public struct EventLoopBound<Value>: @unchecked Sendable {
    /// The loop that owns the value.
    public let loop: EventLoop
    private var storage: Value

    /// Binds `value` to `loop`.
    ///
    /// Only on the loop.
    public init(_ value: Value, loop: EventLoop) {
        loop.preconditionCurrent()
        self.loop = loop
        self.storage = value
    }

    /// The value.
    ///
    /// Only on the loop.
    @inline(__always)
    public var value: Value {
        get {
            self.loop.preconditionCurrent()
            return self.storage
        }
        set {
            self.loop.preconditionCurrent()
            self.storage = newValue
        }
    }
}
