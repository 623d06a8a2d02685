#if Observability
    import Logging
    import Resilience
    import Synchronization
    import Tracing

    /// Starts a span for each call of a strategy.
    struct CallSpans: Sendable {
        let strategy: String
        /// The layers' kinds, such as `retry+breaker`.
        let kind: String
        let logger: Logger
        let tracer: (any Tracer)?
        let time: TimeSource

        func begin() -> CallSpan {
            let span = (tracer ?? InstrumentationSystem.tracer).startSpan(strategy)
            span.updateAttributes { attributes in
                attributes[Name.strategy] = strategy
                attributes[Name.kind] = kind
            }
            return CallSpan(span, strategy, logger, time)
        }
    }

    /// The span of one call. Attempts of a hedged call may overlap.
    final class CallSpan: Sendable {
        private struct Attempts {
            var started = 0
            var running = 0
            /// The error type and time of the latest failed attempt.
            var failed: (type: String, at: Instant)?
        }

        private let span: any Tracing.Span
        private let strategy: String
        private let logger: Logger
        private let time: TimeSource
        private let attempts = Mutex(Attempts())

        init(
            _ span: any Tracing.Span, _ strategy: String, _ logger: Logger, _ time: TimeSource
        ) {
            self.span = span
            self.strategy = strategy
            self.logger = logger
            self.time = time
        }

        /// The context in which the call runs.
        var context: ServiceContext { span.context }

        /// Runs one attempt and records its events in the span.
        func attempt<Success, Failure: Error>(
            _ call: inout Call,
            _ operation: (inout Call) async throws(CallError<Failure>) -> Success
        ) async throws(CallError<Failure>) -> Success {
            begins()
            do throws(CallError<Failure>) {
                let success = try await operation(&call)
                ends(nil)
                return success
            } catch {
                ends(error.attemptType)
                throw error
            }
        }

        /// The blocking form of ``attempt(_:_:)``.
        func attemptBlocking<Success, Failure: Error>(
            _ call: inout Call, _ operation: (inout Call) throws(CallError<Failure>) -> Success
        ) throws(CallError<Failure>) -> Success {
            begins()
            do throws(CallError<Failure>) {
                let success = try operation(&call)
                ends(nil)
                return success
            } catch {
                ends(error.attemptType)
                throw error
            }
        }

        private func begins() {
            let (attempt, isHedge, failed) = attempts.withLock { attempts in
                let isHedge = attempts.running > 0
                attempts.started += 1
                attempts.running += 1
                return (attempts.started, isHedge, attempts.failed)
            }
            if isHedge {
                span.addEvent(
                    SpanEvent(name: "hedge", attributes: [Name.attempt: .int64(Int64(attempt))]))
            } else if let failed {
                tell(retry: attempt, after: failed.type, delay: time.now - failed.at)
            }
        }

        /// - Parameter error: the error type; `nil` if the attempt succeeded.
        private func ends(_ error: String?) {
            let failed = error.map { (type: $0, at: time.now) }
            attempts.withLock { attempts in
                attempts.running -= 1
                attempts.failed = failed ?? attempts.failed
            }
        }

        func end(_ failure: CallEnd?) {
            let attempts = attempts.withLock { $0.started }
            span.updateAttributes { attributes in
                attributes[Name.attempts] = attempts
                attributes[Name.outcome] = failure?.outcome(attempts: attempts) ?? "ok"
                if let failure { attributes[Name.errorType] = failure.type }
                if let rejection = failure?.rejection { attributes[Name.rejection] = rejection }
            }
            if failure != nil { span.setStatus(SpanStatus(code: .error)) }
            span.end()
        }

        private func tell(retry attempt: Int, after type: String, delay: Duration) {
            span.addEvent(
                SpanEvent(
                    name: "retry",
                    attributes: [
                        Name.attempt: .int64(Int64(attempt)), Name.errorType: .string(type),
                        Name.delay: .double(delay.seconds),
                    ]))
            logger.debug(
                "retry",
                metadata: [
                    Name.strategy: "\(strategy)", Name.attempt: "\(attempt)",
                    Name.errorType: "\(type)", Name.delay: "\(delay.seconds)",
                ])
        }
    }
#endif
