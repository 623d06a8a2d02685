import Synchronization

extension CircuitBreaker {
    /// A permit for one call under a breaker, for callbacks and streams that do not fit in a
    /// closure.
    ///
    /// Only the first result that is reported counts. A permit that is released without a result
    /// counts its call as ignored.
    public final class Permit: Sendable {
        private let breaker: CircuitBreaker
        private let permit: StateMachine.Permit
        private let isSpent = Atomic(false)

        fileprivate init(_ breaker: CircuitBreaker, _ permit: StateMachine.Permit) {
            self.breaker = breaker
            self.permit = permit
        }

        deinit {
            ignored()
        }

        /// Reports a success.
        public func succeeded() {
            end(.succeeded)
        }

        /// Reports an error. The policy's classifier decides whether it is a failure.
        public func failed(_ error: any Error) {
            end(breaker.result(of: CallError<any Error>(error)))
        }

        /// Reports a call that says nothing about the service.
        public func ignored() {
            end(.ignored)
        }

        private func end(_ result: StateMachine.CallResult) {
            guard !isSpent.exchange(true, ordering: .relaxed) else { return }
            if case .succeeded = result {
                breaker.succeeded(permit)
            } else {
                breaker.finish(permit, result)
            }
        }
    }

    /// Requests a permit for one call. ``BlockingStrategy/callBlocking(_:)`` and
    /// ``Strategy/call(_:)`` do the same for a closure.
    ///
    /// ```swift
    /// let permit = try breaker.permit()
    /// client.send(request) { result in
    ///     switch result {
    ///     case .success: permit.succeeded()
    ///     case .failure(let error): permit.failed(error)
    ///     }
    /// }
    /// ```
    ///
    /// - Throws: ``Rejection/circuit(state:why:probeIn:)`` if the breaker does not admit the call.
    public func permit() throws(Rejection) -> Permit {
        Permit(self, try admit())
    }
}
