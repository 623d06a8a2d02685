// swift-tools-version: 6.2

import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let argumentParser = Target.Dependency.product(
    name: "ArgumentParser", package: "swift-argument-parser")

/// A product of a package that only the trait Observability fetches.
func observing(_ name: String, _ package: String) -> Target.Dependency {
    .product(name: name, package: package, condition: .when(traits: ["Observability"]))
}

/// A target of this package; its dependencies are the only modules that it may import.
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let package = Package(
    name: "fusebox",
    // What Resilience needs there: `InlineArray` and `Mutex`. Not tried yet.
    platforms: [.macOS(.v26), .iOS(.v26), .tvOS(.v26), .watchOS(.v26), .visionOS(.v26)],
    products: [
        .library(name: "Resilience", targets: ["Resilience"]),
        .library(name: "ResilienceFoundation", targets: ["ResilienceFoundation"]),
        .library(name: "ResilienceObservability", targets: ["ResilienceObservability"]),
        .library(name: "ResilienceWire", targets: ["ResilienceWire"]),
        .library(name: "ResilienceTelemetry", targets: ["ResilienceTelemetry"]),
        .library(name: "Recording", targets: ["Recording", "Fleet"]),
        .executable(name: "fusebox", targets: ["fusebox"]),
    ],
    traits: [
        .trait(
            name: "Observability",
            description:
                "ResilienceObservability, with swift-metrics, swift-log, tracing and services"
        )
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        // Fetched where the trait Observability is on.
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.14.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.10.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.10.0"),
    ],
    targets: [
        module("Resilience"),
        module("ResilienceFoundation", ["Resilience"]),
        .target(
            name: "ResilienceWire",
            // The scanner holds the span that it reads.
            swiftSettings: strict + [.enableExperimentalFeature("Lifetimes")]),
        module("Sockets", ["ResilienceWire", nioCore]),
        module(
            "ResilienceTelemetry",
            ["Resilience", "ResilienceWire", "Sockets", nioCore, nioPosix]),
        module(
            "ResilienceObservability",
            [
                "Resilience", "ResilienceTelemetry",
                observing("Logging", "swift-log"), observing("Metrics", "swift-metrics"),
                observing("ServiceLifecycle", "swift-service-lifecycle"),
                observing("Tracing", "swift-distributed-tracing"),
            ]),
        module("Fleet", ["ResilienceWire"]),
        module("Recording", ["Fleet", "HostSupport", "ResilienceWire", "CZstd"]),
        module("WhatIf", ["Fleet", "Resilience", "ResilienceWire"]),
        module("HostSupport", ["ResilienceWire"]),
        module("Settings", ["ResilienceWire", .product(name: "Yams", package: "Yams")]),
        module(
            "Hub",
            [
                "CMalloc", "Fleet", "HostSupport", "HubMetrics", "ResilienceWire", "Sockets",
                nioCore, nioPosix,
            ]),
        module(
            "HubMetrics",
            [
                "CZlib", "Fleet", "HostSupport", "ResilienceWire", "Sockets", nioCore, nioHTTP1,
                nioPosix,
            ]),
        module(
            "HubClient",
            ["Fleet", "HostSupport", "Resilience", "ResilienceWire", "Sockets", nioCore, nioPosix]),
        .target(
            name: "Screen",
            dependencies: ["Settings"],
            resources: [.embedInCode("themes")],
            swiftSettings: strict),
        module(
            "Demo",
            [
                "HostSupport", "Hub", "HubClient", "HubMetrics", "Resilience",
                "ResilienceTelemetry",
                "Sockets", nioPosix,
            ]),
        module("Dashboard", ["Fleet", "ResilienceWire", "Screen"]),
        module("Terminal", ["Screen", "CNCurses"]),
        module(
            "DashboardApp",
            [
                "Dashboard", "Fleet", "HostSupport", "HubClient", "Recording", "ResilienceWire",
                "Screen", "Settings", "Sockets", "Terminal",
            ]),
        .target(name: "CNCurses"),
        .systemLibrary(name: "CZstd", providers: [.apt(["libzstd-dev"])]),
        // glibc's malloc_trim, which Swift's own module of the C library leaves out.
        .systemLibrary(name: "CMalloc"),
        // Compresses what Prometheus reads: a megabyte for 200 instances.
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .executableTarget(
            name: "fusebox",
            dependencies: [
                "Dashboard", "DashboardApp", "Demo", "Fleet", "HostSupport", "Hub", "HubClient",
                "HubMetrics", "Recording", "Resilience", "ResilienceTelemetry", "ResilienceWire",
                "Screen", "Settings", "Sockets", "Terminal", "WhatIf", argumentParser, nioPosix,
            ],
            swiftSettings: strict),
        module(
            "TestSupport",
            ["HubClient", "Fleet", "Resilience", "ResilienceWire", "Sockets", nioCore, nioPosix]),
        tests("ResilienceTests", ["Resilience", "TestSupport"]),
        tests("ResilienceWireTests", ["ResilienceWire", "TestSupport"]),
        tests("ResilienceFoundationTests", ["Resilience", "ResilienceFoundation", "TestSupport"]),
        tests(
            "ResilienceTelemetryTests",
            [
                "Fleet", "Resilience", "ResilienceTelemetry", "ResilienceWire", "TestSupport",
                nioCore, nioPosix,
            ]),
        tests(
            "ResilienceObservabilityTests",
            [
                "HubClient", "Fleet", "Hub", "Resilience", "ResilienceObservability",
                "ResilienceTelemetry", "ResilienceWire", "Sockets", "TestSupport", nioPosix,
                observing("InMemoryLogging", "swift-log"),
                observing("InMemoryTracing", "swift-distributed-tracing"),
                observing("Logging", "swift-log"),
                observing("Metrics", "swift-metrics"),
                observing("MetricsTestKit", "swift-metrics"),
                observing("ServiceLifecycle", "swift-service-lifecycle"),
                observing("ServiceLifecycleTestKit", "swift-service-lifecycle"),
                observing("Tracing", "swift-distributed-tracing"),
                observing("UnixSignals", "swift-service-lifecycle"),
            ]),
        tests("FleetTests", ["Fleet", "ResilienceWire", "TestSupport"]),
        tests("RecordingTests", ["Fleet", "Recording", "ResilienceWire", "TestSupport"]),
        tests(
            "HubTests",
            [
                "Fleet", "HostSupport", "Hub", "HubClient", "HubMetrics", "Resilience",
                "ResilienceTelemetry", "ResilienceWire", "Sockets", "TestSupport", nioCore,
                nioPosix,
            ]),
        tests(
            "HubMetricsTests",
            ["Fleet", "HubMetrics", "ResilienceWire", "Sockets", "TestSupport"]),
        tests("ScreenTests", ["Screen", "Settings", "TestSupport"]),
        tests("TerminalTests", ["CNCurses", "Screen", "Terminal"]),
        .testTarget(
            name: "DashboardTests",
            dependencies: ["Dashboard", "Fleet", "ResilienceWire", "Screen", "TestSupport"],
            exclude: ["Golden"], swiftSettings: strict),
        tests(
            "DashboardAppTests",
            [
                "Dashboard", "DashboardApp", "Fleet", "HostSupport", "Recording", "Resilience",
                "ResilienceWire", "Settings", "Terminal", "TestSupport",
            ]),
        tests(
            "FuseboxTests",
            [
                "Dashboard", "DashboardApp", "Fleet", "Recording", "ResilienceWire", "Screen",
                "TestSupport", "fusebox",
            ]),
        tests(
            "FaultTests",
            [
                "Dashboard", "DashboardApp", "Fleet", "HostSupport", "HubClient", "Recording",
                "Resilience", "ResilienceTelemetry", "ResilienceWire", "Screen", "Sockets",
                "TestSupport", "fusebox",
            ]),
        tests(
            "EndToEndTests",
            [
                "Dashboard", "DashboardApp", "Fleet", "HostSupport", "HubClient", "Recording",
                "Resilience", "ResilienceWire", "Screen", "Settings", "Sockets", "Terminal",
                "TestSupport", "WhatIf", "fusebox",
            ]),
    ]
)
