// swift-tools-version: 6.2
// An embedder of ChatifyCore alone. Scripts/test-embedding builds it where no C library may be needed.
import PackageDescription

let package = Package(
    name: "embedding",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "chatify", path: "../..")],
    targets: [
        .executableTarget(
            name: "embedding",
            dependencies: [.product(name: "ChatifyCore", package: "chatify")]
        )
    ],
    swiftLanguageModes: [.v6]
)
