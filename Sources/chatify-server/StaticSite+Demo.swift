internal import BrowserChat
internal import ChatifyServer

extension StaticSite {
    /// The page of `Examples/BrowserChat`, served at `/demo/`.
    static let demo = StaticSite(
        prefix: "demo",
        files: BrowserChat.files.map { File(name: $0.name, bytes: $0.bytes) }
    )
}
