/// Lends a value that belongs to one executor, only there.
///
/// Sendable because the value is out of reach elsewhere: ``value`` checks the executor each time, and a box that is
/// dropped on another thread only releases a reference whose last owner is the executor's own state.
struct Confined<Value>: @unchecked Sendable {
    /// Where the value may be used.
    let executor: any HubExecutor
    private let confined: Value

    /// Keeps a value for its executor; make the box anywhere.
    init(_ value: Value, to executor: any HubExecutor) {
        self.executor = executor
        self.confined = value
    }

    /// The value; stops the program when called off the executor.
    var value: Value {
        self.executor.preconditionIsolated()
        return self.confined
    }

    /// Runs `body` with the value on its executor, after what was handed to that executor before, and comes back.
    ///
    /// At once if the caller is there already. Cancelling the caller's task cancels that of `body`.
    func run<Result: Sendable>(_ body: @escaping @Sendable (Value) async -> Result) async -> Result {
        if self.executor.isIsolatingCurrentContext() == true { return await body(self.value) }
        let task = Task(executorPreference: self.executor) { await body(self.value) }
        return await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
    }
}
