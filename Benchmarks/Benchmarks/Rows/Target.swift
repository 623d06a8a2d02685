/// The highest time per call that a row may take.
public enum Target: Sendable {
    case nanoseconds(Double)
    /// A multiple of the time of two clock readings in the same run, plus `plus` nanoseconds.
    case clocks(Double, plus: Double = 0)
}

extension Row {
    /// The target; `nil` if the row is only for comparison.
    public var target: Target? {
        switch self {
        case .breaker, .breakerAsync, .breakerCounts, .breakerTimes: .clocks(1.25)
        case .breakerMonitored: .clocks(1.25, plus: 10)
        case .rejection, .rejectionForced: .nanoseconds(45)
        case .pipeline: .nanoseconds(180)
        case .twoThreads: .nanoseconds(80)
        // For 4 M and 0.8 M lines a second, where decoding takes most of the time.
        case .decodeCall: .nanoseconds(250)
        case .decodeDelta: .nanoseconds(1_250)
        case .clock, .await, .rejectionMonitored, .pipelinePlain, .retry, .retryAsync,
            .retryBudget, .retryFails, .adaptive, .adaptiveAsync, .contextual, .contextualAsync,
            .batch, .batchAsync, .bulkhead, .bulkheadAsync, .fallback, .fallbackAsync,
            .fallbackKept, .hedge, .timeout, .replay, .replayAsync:
            nil
        }
    }

    /// Whether the calls must not allocate.
    public var isFreeOfAllocations: Bool {
        switch self {
        case .breaker, .breakerAsync, .breakerMonitored, .breakerCounts, .breakerTimes, .rejection,
            .rejectionForced, .pipeline, .pipelinePlain, .twoThreads:
            true
        case .clock, .await, .rejectionMonitored, .retry, .retryAsync, .retryBudget, .retryFails,
            .adaptive, .adaptiveAsync, .contextual, .contextualAsync, .batch, .batchAsync,
            .bulkhead, .bulkheadAsync, .fallback, .fallbackAsync, .fallbackKept, .hedge, .timeout,
            .replay, .replayAsync, .decodeCall, .decodeDelta:
            false
        }
    }

    /// Times of other libraries in nanoseconds, published or measured on another machine. Compare
    /// only ratios.
    public var peers: String {
        switch self {
        case .breaker: "gobreaker 148, resilience4j 80-105, Polly 138"
        case .breakerCounts: "resilience4j 80"
        case .breakerTimes: "resilience4j 105"
        case .breakerMonitored: "resilience4j 156, Polly +232"
        case .rejection, .rejectionForced: "gobreaker 78, resilience4j 95-101, Polly 234"
        case .twoThreads: "resilience4j 139-151"
        case .pipeline: "tenacity 22000"
        case .decodeCall: "simdjson 99, protobuf 157, Foundation 5100"
        case .clock, .await, .breakerAsync, .rejectionMonitored, .pipelinePlain, .retry,
            .retryAsync, .retryBudget, .retryFails, .adaptive, .adaptiveAsync, .contextual,
            .contextualAsync, .batch, .batchAsync, .bulkhead, .bulkheadAsync, .fallback,
            .fallbackAsync, .fallbackKept, .hedge, .timeout, .replay, .replayAsync, .decodeDelta:
            ""
        }
    }
}
