/// Where a shard lives: a serial executor that tasks can prefer, such as an event loop.
///
/// It must implement `checkIsolated()`, so that the hub can tell a call from the wrong thread.
public typealias HubExecutor = SerialExecutor & TaskExecutor
