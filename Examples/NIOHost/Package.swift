// swift-tools-version: 6.2
// The hub served by swift-nio instead of chatify-server. A package of its own, so that nobody who uses Chatify builds NIO.
import PackageDescription

let package = Package(
    name: "nio-host",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "chatify", path: "../.."),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    ],
    targets: [
        .executableTarget(
            name: "NIOHost",
            dependencies: [
                .product(name: "ChatifyCore", package: "chatify"),
                .product(name: "ChatifyHub", package: "chatify"),
                .product(name: "ChatifySignalR", package: "chatify"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
            ]
        )
    ],
    swiftLanguageModes: [.v6]
)
