// swift-tools-version: 6.2
// Load for a running server and for the logs beneath it: Scripts/benchmark and its like. A package of its own, so that nobody who uses Chatify builds it.
import PackageDescription

let package = Package(
    name: "benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "chatify", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        .executableTarget(
            name: "load",
            dependencies: [
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "ChatifyEventLoop", package: "chatify"),
                "Measuring",
            ]
        ),
        .executableTarget(
            name: "storage",
            dependencies: [
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "ChatifyCore", package: "chatify"),
                .product(name: "ChatifySQLite", package: "chatify"),
                .product(name: "Logging", package: "swift-log"),
                "Measuring",
            ]
        ),
        .executableTarget(
            name: "kafka",
            dependencies: [
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                "CRawKafka",
                .product(name: "ChatifyCore", package: "chatify"),
                .product(name: "ChatifyKafka", package: "chatify"),
                .product(name: "Logging", package: "swift-log"),
                "Measuring",
            ]
        ),
        // librdkafka alone, to compare with.
        .systemLibrary(name: "CRawKafka", pkgConfig: "rdkafka", providers: [.apt(["librdkafka-dev"])]),
        .target(name: "Measuring"),
    ],
    swiftLanguageModes: [.v6]
)
