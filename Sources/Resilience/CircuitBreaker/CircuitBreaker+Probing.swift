extension CircuitBreaker {
    /// The breakers of which the present task is a probe, or a part of one. A call that comes through
    /// one of them again, from further in, is part of the same probe: it must not be rejected because
    /// the probe has not ended.
    @TaskLocal static var probing: [ObjectIdentifier] = []

    private func probe<Success, Failure: Error>(
        _ call: inout Call,
        _ operation: (inout Call) async throws(CallError<Failure>) -> Success
    ) async throws(CallError<Failure>) -> Success {
        let breakers = Self.probing + [ObjectIdentifier(self)]
        let result: Result<Success, CallError<Failure>> =
            await Self.$probing.withValue(breakers) {
                do throws(CallError<Failure>) {
                    return .success(try await operation(&call))
                } catch {
                    return .failure(error)
                }
            }
        return try result.get()
    }

    private func probeBlocking<Success, Failure: Error>(
        _ call: inout Call, _ operation: (inout Call) throws(CallError<Failure>) -> Success
    ) throws(CallError<Failure>) -> Success {
        let breakers = Self.probing + [ObjectIdentifier(self)]
        let result: Result<Success, CallError<Failure>> =
            Self.$probing.withValue(breakers) {
                do throws(CallError<Failure>) {
                    return .success(try operation(&call))
                } catch {
                    return .failure(error)
                }
            }
        return try result.get()
    }

    /// Runs a probe, or an operation whose result may stand for an error.
    @usableFromInline
    func judge<Success, Failure: Error>(
        _ permit: StateMachine.Permit, _ call: inout Call,
        _ operation: (inout Call) async throws(CallError<Failure>) -> Success
    ) async throws(CallError<Failure>) -> Success {
        do throws(CallError<Failure>) {
            let success =
                permit.isProbe
                ? try await probe(&call, operation) : try await operation(&call)
            finish(permit, result(of: success, &call))
            return success
        } catch {
            finish(permit, result(of: error))
            throw error
        }
    }

    /// As ``judge(_:_:_:)``, on the caller's thread.
    @usableFromInline
    func judgeBlocking<Success, Failure: Error>(
        _ permit: StateMachine.Permit, _ call: inout Call,
        _ operation: (inout Call) throws(CallError<Failure>) -> Success
    ) throws(CallError<Failure>) -> Success {
        do throws(CallError<Failure>) {
            let success =
                permit.isProbe ? try probeBlocking(&call, operation) : try operation(&call)
            finish(permit, result(of: success, &call))
            return success
        } catch {
            finish(permit, result(of: error))
            throw error
        }
    }
}
