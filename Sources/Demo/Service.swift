import Resilience

/// A simulated service that fails by a script: with errors, slow answers or rate limits.
final class Service: Sendable {
    private let script: ServiceScript
    /// The time that an answer takes in a healthy phase.
    private let pace: Duration
    private let random: RandomSource
    private let start: Instant
    private let time = TimeSource.monotonic

    init(script: ServiceScript, pace: Duration, seed: UInt64) {
        self.script = script
        self.pace = pace
        random = .seeded(seed)
        start = time.now
    }

    func call() async throws {
        let chance = random.uniform(0, 1)
        switch script.behaviour(after: time.now - start) {
        case .healthy:
            try await answer(within: 1)
            if chance < 0.02 { throw ServiceError.status(503) }
        case .degraded:
            try await answer(within: 2)
            if chance < 0.35 { throw ServiceError.status(chance < 0.2 ? 503 : 500) }
        case .outage:
            try await answer(within: 0.3)
            throw chance < 0.6 ? ServiceError.connectionRefused : ServiceError.status(502)
        case .slow:
            try await answer(within: 4)
            if chance < 0.7 { throw ServiceError.timeout }
        case .rateLimited:
            try await answer(within: 0.5)
            if chance < 0.75 { throw ServiceError.status(429) }
        case .modelLoading:
            try await answer(within: 0.5)
            if chance < 0.5 { throw ServiceError.modelLoading }
        }
    }

    private func answer(within factor: Double) async throws {
        try await time.sleep(for: pace * (factor * (0.5 + random.uniform(0, 1))))
    }
}

enum ServiceError: ClassifiedError, CustomStringConvertible {
    case timeout
    case modelLoading
    case connectionRefused
    case status(Int)

    var errorClass: ErrorClass {
        switch self {
        case .timeout: .timeout
        case .modelLoading: .modelLoading
        case .connectionRefused: .connection
        case .status(let status): .http(status: status)
        }
    }

    var errorType: String {
        switch self {
        case .timeout: "TimeoutError"
        case .modelLoading: "ModelLoadingError"
        case .connectionRefused: "ConnectionError"
        case .status(let status): "HTTP \(status)"
        }
    }

    var description: String {
        switch self {
        case .timeout: "read timed out"
        case .modelLoading: "the model is not loaded yet"
        case .connectionRefused: "connection refused"
        case .status(let status): "the server answered \(status)"
        }
    }
}
