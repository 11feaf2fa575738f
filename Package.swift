// swift-tools-version: 6.2
//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import PackageDescription

/// The settings of every target of ours; applied in one place, at the end of this file.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "bluewire",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "BluewireModel", targets: ["BluewireModel"]),
        .library(name: "BluewireStore", targets: ["BluewireStore"]),
        .library(name: "BluewireTransport", targets: ["BluewireTransport"]),
        .library(name: "BluewireGateway", targets: ["BluewireGateway"]),
        .library(name: "BluewireTesting", targets: ["BluewireTesting"]),
        .executable(name: "bluewire", targets: ["bluewire"]),
    ],
    dependencies: [
        // bluewire: the command line.
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        // Store, State, Simulator: SQLite with a reader pool and its own queues.
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        // Server, Simulator: the HTTP server.
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        // Network: the HTTP client behind the egress guard.
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        // Server (WebSocket pipeline), Network (WebSocket client, byte buffers).
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        // Pins of the NIO family; NIOSSL is what AsyncHTTPClient and the listener speak TLS with.
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        // Server: HTTP/2 on the TLS listener.
        .package(url: "https://github.com/apple/swift-nio-http2", exact: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
        // Server, Simulator: HTTP fields and statuses.
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        // Everything that logs.
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        // Gateway, Events: one service group, graceful shutdown.
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        // Gateway: layered settings (flags over environment over file).
        .package(url: "https://github.com/apple/swift-configuration", exact: "1.4.0", traits: ["YAML"]),
        // Gateway: lists in the configuration file (agents, webhooks) as Codable documents.
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        // State, Events, Server: HMAC, SHA-2, random tokens.
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        // MessagesApp, Gateway: osascript and `watch --exec`, with time limits.
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
        // MessagesApp: the file paths Subprocess speaks.
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
    ],
    targets: [
        .target(name: "BluewireModel"),
        .target(name: "BluewireCodec", dependencies: ["BluewireModel"]),
        .target(name: "BluewireWire", dependencies: ["BluewireModel"]),
        .target(name: "BluewireTransport", dependencies: ["BluewireModel"]),
        .target(
            name: "BluewireNetwork",
            dependencies: [
                "BluewireModel",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]
        ),
        .target(
            name: "BluewireStore",
            dependencies: [
                "BluewireModel", "BluewireCodec", "BluewireTransport",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Crypto", package: "swift-crypto"),
            ]
        ),
        .target(
            name: "BluewireState",
            dependencies: [
                "BluewireModel", "BluewireTransport",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Crypto", package: "swift-crypto"),
            ]
        ),
        .target(
            name: "BluewireEvents",
            dependencies: [
                "BluewireModel", "BluewireTransport", "BluewireState", "BluewireNetwork",
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .target(
            name: "BluewireMessagesApp",
            dependencies: [
                "BluewireModel", "BluewireTransport",
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),
        .target(
            name: "BluewireSimulator",
            dependencies: [
                "BluewireModel", "BluewireCodec", "BluewireTransport", "BluewireNetwork",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .target(
            name: "BluewireAgent",
            dependencies: [
                "BluewireModel", "BluewireTransport", "BluewireState", "BluewireNetwork",
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .target(
            name: "BluewireServer",
            dependencies: [
                "BluewireModel", "BluewireWire", "BluewireStore", "BluewireTransport", "BluewireState",
                "BluewireEvents",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdHTTP2", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP2", package: "swift-nio-extras"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ],
            resources: [
                .embedInCode("Web/index.html"),
                .embedInCode("Web/app.css"),
                .embedInCode("Web/app.js"),
                .embedInCode("Web/api.js"),
                .embedInCode("Web/phone.js"),
                .embedInCode("Web/thread.js"),
                .embedInCode("Web/view.js"),
                .embedInCode("Web/docs.html"),
                .embedInCode("Web/docs.css"),
                .embedInCode("Web/docs.js"),
            ]
        ),
        .target(
            name: "BluewireGateway",
            dependencies: [
                "BluewireModel", "BluewireCodec", "BluewireWire", "BluewireNetwork", "BluewireStore",
                "BluewireTransport", "BluewireState", "BluewireEvents", "BluewireMessagesApp",
                "BluewireSimulator", "BluewireAgent", "BluewireServer",
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Yams", package: "Yams"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .executableTarget(
            name: "bluewire",
            dependencies: [
                "BluewireGateway", "BluewireModel", "BluewireWire",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),
        // Figures of `make bench` that need the inside of the process; no product of ours, nothing depends on it.
        .executableTarget(
            name: "bluewire-bench",
            dependencies: [
                "BluewireModel", "BluewireCodec", "BluewireStore", "BluewireServer",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            path: "Benchmarks/InProcess"
        ),
        .target(
            name: "BluewireTesting",
            dependencies: ["BluewireModel", "BluewireTransport", "BluewireState"]
        ),
        .testTarget(
            name: "BluewireModelTests",
            dependencies: [
                "BluewireModel"
            ]
        ),
        .testTarget(
            name: "BluewireCodecTests",
            dependencies: [
                "BluewireCodec",
                "BluewireModel",
                "BluewireTesting",
            ]
        ),
        .testTarget(
            name: "BluewireWireTests",
            dependencies: [
                "BluewireWire",
                "BluewireModel",
            ]
        ),
        .testTarget(
            name: "BluewireNetworkTests",
            dependencies: [
                "BluewireNetwork",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]
        ),
        .testTarget(
            name: "BluewireStoreTests",
            dependencies: [
                "BluewireStore",
                "BluewireModel",
                "BluewireTesting",
                "BluewireCodec",
                "BluewireTransport",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),
        .testTarget(
            name: "BluewireTransportTests",
            dependencies: [
                "BluewireTransport",
                "BluewireModel",
            ]
        ),
        .testTarget(
            name: "BluewireStateTests",
            dependencies: [
                "BluewireState",
                "BluewireModel",
                "BluewireTesting",
                "BluewireTransport",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),
        .testTarget(
            name: "BluewireEventsTests",
            dependencies: [
                "BluewireEvents",
                "BluewireModel",
                "BluewireTesting",
                "BluewireTransport",
                "BluewireState",
                "BluewireStore",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),
        .testTarget(
            name: "BluewireMessagesAppTests",
            dependencies: [
                "BluewireMessagesApp",
                "BluewireModel",
                "BluewireTesting",
                "BluewireTransport",
            ]
        ),
        .testTarget(
            name: "BluewireSimulatorTests",
            dependencies: [
                "BluewireSimulator",
                "BluewireModel",
                "BluewireTesting",
                "BluewireCodec",
                "BluewireNetwork",
                "BluewireTransport",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),
        .testTarget(
            name: "BluewireAgentTests",
            dependencies: [
                "BluewireAgent",
                "BluewireModel",
                "BluewireTesting",
                "BluewireTransport",
                "BluewireState",
                "BluewireNetwork",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]
        ),
        .testTarget(
            name: "BluewireServerTests",
            dependencies: [
                "BluewireServer",
                "BluewireModel",
                "BluewireTesting",
                "BluewireWire",
                "BluewireStore",
                "BluewireTransport",
                "BluewireState",
                "BluewireEvents",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .testTarget(
            name: "BluewireGatewayTests",
            dependencies: [
                "BluewireGateway",
                "BluewireModel",
                "BluewireTesting",
                "BluewireServer",
                "BluewireAgent",
                "BluewireCodec",
                "BluewireWire",
                "BluewireStore",
                "BluewireTransport",
                "BluewireState",
                "BluewireEvents",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "BluewireGateway", "BluewireModel", "BluewireTesting", "BluewireState", "BluewireEvents",
                "BluewireStore", "BluewireTransport", "BluewireSimulator", "BluewireNetwork", "BluewireAgent",
                "BluewireWire",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets {
    target.swiftSettings = (target.swiftSettings ?? []) + strict
    if target.name == "BluewireCodec" || target.name == "BluewireWire" {
        target.swiftSettings?.append(.strictMemorySafety())
    }
}
