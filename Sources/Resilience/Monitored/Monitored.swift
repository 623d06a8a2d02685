/// Counts the calls of a strategy; the guide's `MonitoredRetryStrategy`. Place it outermost, so
/// that a call is counted once for any number of attempts.
public struct Monitored<Base: Monitorable>: Monitorable {
    /// The monitored strategy.
    public let base: Base
    /// The counts.
    public let meter: Meter

    /// Monitors a strategy. Tests may replace the clock.
    public init(_ base: Base, time: TimeSource = .monotonic) {
        self.base = base
        meter = Meter(time: time)
    }

    /// Monitors a pipeline.
    public init<Content>(
        time: TimeSource = .monotonic, @PipelineBuilder _ content: () throws -> Content
    ) rethrows where Base == Pipeline<Content> {
        self.init(Pipeline(try content()), time: time)
    }

    /// The counts since the start.
    public var metrics: RetryMetrics { meter.metrics }

    /// Adds the meter and the base's facets.
    public func describe(into facets: inout Facets) {
        if facets.meter == nil { facets.meter = meter }
        base.describe(into: &facets)
    }
}

extension Monitored: Strategy where Base: Strategy {
    /// Runs the operation under the base and counts the result.
    @inlinable
    public func run<Success: Sendable, Failure: Error>(
        _ call: inout Call,
        _ operation: @Sendable (inout Call) async throws(CallError<Failure>) -> Success
    ) async throws(CallError<Failure>) -> Success {
        try await within(&call) { own throws(CallError<Failure>) in
            try await base.run(&own, operation)
        }
    }
}

extension Monitored: SerialStrategy where Base: SerialStrategy {
    /// Runs the operation in the caller's task under the base and counts the result.
    @inlinable
    public func run<Success, Failure: Error>(
        _ call: inout Call,
        _ operation: (inout Call) async throws(CallError<Failure>) -> Success
    ) async throws(CallError<Failure>) -> Success {
        try await within(&call) { own throws(CallError<Failure>) in
            try await base.run(&own, operation)
        }
    }
}

extension Monitored: BlockingStrategy where Base: BlockingStrategy {
    /// Runs the operation under the base, on the caller's thread, and counts the result.
    @inlinable
    public func runBlocking<Success, Failure: Error>(
        _ call: inout Call, _ operation: (inout Call) throws(CallError<Failure>) -> Success
    ) throws(CallError<Failure>) -> Success {
        let ticket = meter.begin()
        var own = Call(meter: meter)
        do throws(CallError<Failure>) {
            let success = try base.runBlocking(&own, operation)
            meter.end(ticket, .ok, own)
            call.absorb(own)
            return success
        } catch {
            meter.end(ticket, error.end(attempts: own.attempts), own)
            call.absorb(own)
            throw error
        }
    }
}

extension Monitored {
    /// Makes a nested call that the meter counts, and adds its attempts and failures to `call`.
    @inlinable
    func within<Success, Failure: Error>(
        _ call: inout Call,
        _ body: (inout Call) async throws(CallError<Failure>) -> Success
    ) async throws(CallError<Failure>) -> Success {
        let ticket = meter.begin()
        var own = Call(meter: meter)
        do throws(CallError<Failure>) {
            let success = try await body(&own)
            meter.end(ticket, .ok, own)
            call.absorb(own)
            return success
        } catch {
            meter.end(ticket, error.end(attempts: own.attempts), own)
            call.absorb(own)
            throw error
        }
    }
}
