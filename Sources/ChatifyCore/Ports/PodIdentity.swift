/// Knows the name of this process among the pods that share a log.
public protocol PodIdentity: Sendable {
    /// The pod's name; the same for the life of the process, and after a restart if the platform allows.
    var podID: PodID { get }
}
