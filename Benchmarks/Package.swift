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
                .product(name: "Benchmark", package: "benchmark"),
                .product(name: "Resilience", package: "fusebox"),
                .product(name: "ResilienceWire", package: "fusebox"),
            ],
            path: "Benchmarks/CallPath",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
    ]
)
