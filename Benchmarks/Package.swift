// swift-tools-version: 6.2

import PackageDescription

let package = Package(
    name: "fusebox-benchmarks",
    dependencies: [
        .package(name: "fusebox", path: ".."),
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.0", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "CallPath",
            dependencies: [
                "Allocations", "Rows",
                .product(name: "Benchmark", package: "benchmark"),
                .product(name: "Resilience", package: "fusebox"),
                .product(name: "ResilienceWire", package: "fusebox"),
            ],
            path: "Benchmarks/CallPath",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
        // Replaces malloc in each target that links it, so only CallPath does.
        .target(name: "Allocations", path: "Benchmarks/Allocations"),
        .target(name: "Rows", path: "Benchmarks/Rows"),
        .executableTarget(
            name: "Recordings",
            dependencies: [
                .product(name: "Recording", package: "fusebox"),
                .product(name: "ResilienceWire", package: "fusebox"),
            ],
            path: "Benchmarks/Recordings"),
        // In C, so that it costs little beside the hub that it measures.
        .executableTarget(name: "Agents", path: "Benchmarks/Agents"),
        .executableTarget(name: "Table", dependencies: ["Rows"], path: "Benchmarks/Table"),
    ]
)
