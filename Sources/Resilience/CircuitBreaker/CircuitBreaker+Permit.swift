import Synchronization

extension CircuitBreaker {
    /// Leave to do one thing under a breaker, for callbacks and streams that no closure can hold.
    ///
    /// The first word about it counts. One that is let go of without a word says that nothing is known:
    /// the permit goes back, and the call is counted as ignored.
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

        /// It succeeded.
        public func succeeded() {
            end(.succeeded)
        }

        /// It failed with an error, whose meaning the policy's classifier decides.
        public func failed(_ error: any Error) {
            end(breaker.result(of: CallError<any Error>(error)))
        }

        /// Nothing is known of the service.
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

    /// Asks for leave to make a call by hand; ``BlockingStrategy/callBlocking(_:)`` and
    /// ``Strategy/call(_:)`` do so for a closure.
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
    /// - Throws: ``Rejection/circuit(state:why:probeIn:)`` where it is open.
    public func permit() throws(Rejection) -> Permit {
        Permit(self, try admit())
    }
}
