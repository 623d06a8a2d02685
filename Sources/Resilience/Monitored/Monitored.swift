/// Counts what passes through a strategy; the guide's `MonitoredRetryStrategy`. Outermost, so that
/// a call is counted once however many attempts it takes.
public struct Monitored<Base: Monitorable>: Monitorable {
    /// What is monitored.
    public let base: Base
    /// The counts.
    public let meter: Meter

    /// Monitors a strategy; the clock is for tests.
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

    /// What calls came to since the start.
    public var metrics: RetryMetrics { meter.metrics }

    /// Adds its counts and the base's facets.
    public func describe(into facets: inout Facets) {
        if facets.meter == nil { facets.meter = meter }
        base.describe(into: &facets)
    }
}

extension Monitored: Strategy where Base: Strategy {
    /// Runs the operation under the base and counts how it ended.
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
    /// Runs the operation in the caller's task under the base and counts how it ended.
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
    /// Runs the operation under the base, on the caller's thread, and counts how it ended.
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
    /// Makes a call of its own that the meter counts, and adds to `call` what it did.
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
