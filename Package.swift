// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "chatify",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "ChatifyCore", targets: ["ChatifyCore"]),
        .library(name: "ChatifySignalR", targets: ["ChatifySignalR"]),
        .library(name: "ChatifyHub", targets: ["ChatifyHub"]),
        .library(name: "ChatifyWire", targets: ["ChatifyWire"]),
        .library(name: "ChatifyEventLoop", targets: ["ChatifyEventLoop"]),
        .library(name: "ChatifySQLite", targets: ["ChatifySQLite"]),
        .library(name: "ChatifyKafka", targets: ["ChatifyKafka"]),
        .library(name: "ChatifyServer", targets: ["ChatifyServer"]),
        .library(name: "ChatifyRedis", targets: ["ChatifyRedis"]),
        .library(name: "ChatifyTestKit", targets: ["ChatifyTestKit"]),
        .executable(name: "chatify-server", targets: ["chatify-server"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // The chat itself: no C library, no sockets.
        .target(name: "ChatifyJSON"),
        .target(
            name: "ChatifyCore",
            dependencies: [
                "ChatifyJSON",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .target(name: "ChatifySignalR", dependencies: ["ChatifyJSON"]),
        .target(
            name: "ChatifyHub",
            dependencies: [
                "ChatifyCore", "ChatifyJSON", "ChatifySignalR",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
            ]
        ),

        // The embedded log and history.
        .target(
            name: "ChatifySQLite",
            dependencies: [
                "CSQLite", "ChatifyCore",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
            ]
        ),

        // What adapters have to keep, and how to try it.
        .target(name: "ChatifyTestKit", dependencies: ["ChatifyCore"]),

        // Moving a history from one place to another.
        .target(name: "ChatifyTransfer", dependencies: ["ChatifyCore"]),
        // The log for many pods.
        .target(
            name: "ChatifyKafka",
            dependencies: [
                "CLibrdkafka", "ChatifyCore", "ChatifyJSON",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
            ]
        ),

        // Bytes and sockets.
        .target(name: "ChatifyWire"),
        .target(name: "ChatifyEventLoop", dependencies: ["CLibuv"]),
        .target(
            name: "ChatifyServer",
            dependencies: [
                "CZlib", "ChatifyCore", "ChatifyEventLoop", "ChatifyHub", "ChatifyJSON", "ChatifySignalR",
                "ChatifyWire",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
            ]
        ),

        // Adapters: one technology each.
        .target(
            name: "ChatifyRedis",
            dependencies: [
                "ChatifyCore", "ChatifyEventLoop", "CHiredis",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),

        // The server.
        .executableTarget(
            name: "chatify-server",
            dependencies: [
                "BrowserChat", "ChatifyCore", "ChatifyEventLoop", "ChatifyKafka", "ChatifyRedis", "ChatifySQLite",
                "ChatifyServer", "ChatifyTransfer",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
            ]
        ),

        // Programs to learn from and to test with.
        .executableTarget(
            name: "HelloChat",
            dependencies: ["ChatifyCore", .product(name: "Logging", package: "swift-log")],
            path: "Examples/HelloChat"
        ),
        .target(
            name: "BrowserChat",
            path: "Examples/BrowserChat",
            exclude: ["README.md"],
            resources: [.embedInCode("Page")]
        ),
        .executableTarget(
            name: "EchoServer",
            dependencies: ["ChatifyServer", "ChatifyWire", .product(name: "Logging", package: "swift-log")],
            path: "Tests/EchoServer"
        ),
        .executableTarget(
            name: "RedisBenchmark",
            dependencies: [
                "ChatifyCore", "ChatifyEventLoop", "ChatifyRedis", .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/RedisBenchmark"
        ),
        .executableTarget(
            name: "RedisCaller",
            dependencies: [
                "ChatifyCore", "ChatifyEventLoop", "ChatifyRedis", .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/RedisCaller"
        ),

        // Many pods in one deterministic process: Documentation/Simulation.md.
        .target(
            name: "ChatifySimulation",
            dependencies: [
                "ChatifyCore", "ChatifyHub", "ChatifySignalR", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/Simulation/Library"
        ),
        .executableTarget(
            name: "chatify-simulation",
            dependencies: ["ChatifySimulation", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            path: "Tests/Simulation/Command"
        ),
        .executableTarget(
            name: "KafkaWriter",
            dependencies: [
                "ChatifyCore", "ChatifyEventLoop", "ChatifyKafka", "ChatifyRedis",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/KafkaWriter"
        ),
        .executableTarget(name: "MockBroker", dependencies: ["CLibrdkafka"], path: "Tests/MockBroker"),

        // C libraries, from the system's own packages.
        .systemLibrary(
            name: "CHiredis",
            pkgConfig: "hiredis",
            providers: [.apt(["libhiredis-dev"]), .brew(["hiredis"])]
        ),
        .systemLibrary(
            name: "CLibrdkafka",
            pkgConfig: "rdkafka",
            providers: [.apt(["librdkafka-dev"]), .brew(["librdkafka"])]
        ),
        .systemLibrary(name: "CLibuv", pkgConfig: "libuv", providers: [.apt(["libuv1-dev"]), .brew(["libuv"])]),
        .systemLibrary(
            name: "CSQLite",
            pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]
        ),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),

        .target(
            name: "TestSupport",
            dependencies: ["ChatifyCore", .product(name: "Logging", package: "swift-log")],
            path: "Tests/Support"
        ),
        .testTarget(name: "ChatifyJSONTests", dependencies: ["ChatifyJSON", "TestSupport"]),
        .testTarget(
            name: "ChatifyCoreTests",
            dependencies: [
                "ChatifyCore", "ChatifyJSON", "ChatifyTestKit", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle"),
            ]
        ),
        .testTarget(
            name: "ChatifySQLiteTests",
            dependencies: [
                "CSQLite", "ChatifyCore", "ChatifySQLite", "ChatifyTestKit", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .testTarget(name: "ChatifyTestKitTests", dependencies: ["ChatifyCore", "ChatifyTestKit", "TestSupport"]),
        .testTarget(name: "ChatifyTransferTests", dependencies: ["ChatifyCore", "ChatifyTransfer"]),
        .testTarget(
            name: "ChatifyKafkaTests",
            dependencies: [
                "ChatifyCore", "ChatifyKafka", "ChatifyTestKit", "MockBroker", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
            ]
        ),
        .testTarget(name: "ChatifySignalRTests", dependencies: ["ChatifyJSON", "ChatifySignalR", "TestSupport"]),
        .testTarget(
            name: "ChatifyHubTests",
            dependencies: [
                "ChatifyCore", "ChatifyEventLoop", "ChatifyHub", "ChatifyJSON", "ChatifySignalR", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
            ]
        ),
        .testTarget(name: "ChatifySimulationTests", dependencies: ["ChatifyCore", "ChatifySimulation", "TestSupport"]),
        .testTarget(name: "ChatifyWireTests", dependencies: ["ChatifyWire", "TestSupport"]),
        .testTarget(name: "ChatifyEventLoopTests", dependencies: ["ChatifyEventLoop", "TestSupport"]),
        .testTarget(
            name: "ChatifyServerTests",
            dependencies: [
                "ChatifyCore", "ChatifyEventLoop", "ChatifyHub", "ChatifyServer", "ChatifySignalR", "ChatifyWire",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
            ]
        ),
        .testTarget(
            name: "ChatifyRedisTests",
            dependencies: [
                "ChatifyCore", "ChatifyEventLoop", "ChatifyRedis", "ChatifyTestKit", "RedisCaller", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system {
    target.swiftSettings = [
        // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0335-existential-any.md
        .enableUpcomingFeature("ExistentialAny"),
        // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0409-access-level-on-imports.md
        .enableUpcomingFeature("InternalImportsByDefault"),
        // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0444-member-import-visibility.md
        .enableUpcomingFeature("MemberImportVisibility"),
        // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0461-async-function-isolation.md
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
}
