// swift-tools-version: 6.2
// An adapter by somebody outside: a history in an append-only file, on the public API alone. Needs no C library.
import PackageDescription

let package = Package(
    name: "custom-adapter",
    platforms: [.macOS(.v15)],
    products: [.library(name: "FileHistory", targets: ["FileHistory"])],
    dependencies: [.package(name: "chatify", path: "../..")],
    targets: [
        .target(name: "FileHistory", dependencies: [.product(name: "ChatifyCore", package: "chatify")]),
        .testTarget(
            name: "FileHistoryTests",
            dependencies: [
                "FileHistory",
                .product(name: "ChatifyCore", package: "chatify"),
                .product(name: "ChatifyTestKit", package: "chatify"),
            ]
        ),
    ],
    swiftLanguageModes: [.v6]
)
