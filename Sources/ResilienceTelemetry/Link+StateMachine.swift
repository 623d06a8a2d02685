import Resilience

extension Link {
    /// Decides when the link connects, and how long it waits before it tries again.
    struct StateMachine {
        enum State: Equatable {
            case idle
            case connecting
            /// `hello` was sent.
            case introduced
            case welcomed
            case waiting
            case stopped
        }

        enum Action: Equatable {
            case none
            case connect
            case wait(Duration)
            /// Send `hello`.
            case introduce
            /// Send the full present state of every strategy.
            case declare
            case close
        }

        private(set) var state = State.idle
        /// The number of consecutive connections without a `welcome`.
        private var failures = 0
        private let random: RandomSource

        init(random: RandomSource = .system) {
            self.random = random
        }

        mutating func start() -> Action {
            guard state == .idle else { return .none }
            state = .connecting
            return .connect
        }

        mutating func connected() -> Action {
            guard state == .connecting else { return .close }
            state = .introduced
            return .introduce
        }

        mutating func welcomed() -> Action {
            guard state == .introduced else { return .none }
            failures = 0
            state = .welcomed
            return .declare
        }

        /// Handles that no socket had a hub, or that the connection closed.
        mutating func failed() -> Action {
            switch state {
            case .connecting, .introduced, .welcomed: break
            case .idle, .waiting, .stopped: return .none
            }
            state = .waiting
            let delay = Backoff.reconnecting.delay(beforeRetry: failures, random: random)
            failures += 1
            return .wait(delay)
        }

        mutating func waited() -> Action {
            guard state == .waiting else { return .none }
            state = .connecting
            return .connect
        }

        mutating func stop() -> Action {
            state = .stopped
            return .close
        }
    }
}
