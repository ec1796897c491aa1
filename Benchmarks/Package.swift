// swift-tools-version: 6.2
// Load for a running server: Scripts/benchmark. A package of its own, so that nobody who uses Chatify builds it.
import PackageDescription

let package = Package(
    name: "benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "chatify", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        .executableTarget(
            name: "load",
            dependencies: [
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "ChatifyEventLoop", package: "chatify"),
            ]
        )
    ],
    swiftLanguageModes: [.v6]
)
