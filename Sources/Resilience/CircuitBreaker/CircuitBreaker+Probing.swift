extension CircuitBreaker {
    /// The breakers of which the present task is a probe, or a part of one. A call that comes through
    /// one of them again, from further in, is part of the same probe: it must not be rejected because
    /// the probe has not ended.
    @TaskLocal static var probing: [ObjectIdentifier] = []

    @usableFromInline
    func probe<Success, Failure: Error>(
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

    @usableFromInline
    func probeBlocking<Success, Failure: Error>(
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
}
