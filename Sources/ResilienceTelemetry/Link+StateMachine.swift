import Resilience

extension Link {
    /// When to connect, and how long to wait before trying again.
    struct StateMachine {
        enum State: Equatable {
            case idle
            case connecting
            /// Hello was said.
            case introduced
            case welcomed
            case waiting
            case stopped
        }

        enum Action: Equatable {
            case none
            case connect
            case wait(Duration)
            /// Say hello.
            case introduce
            /// Tell of everything as it is.
            case declare
            case close
        }

        private(set) var state = State.idle
        /// Connections in a row that no hub welcomed.
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

        /// No place had a hub, or the connection is over.
        mutating func failed() -> Action {
            switch state {
            case .connecting, .introduced, .welcomed: break
            case .idle, .waiting, .stopped: return .none
            }
            state = .waiting
            let delay = Self.backoff.delay(beforeRetry: failures, random: random)
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

        /// 100 ms, doubling up to 2 s, half of it by chance: a hub that comes back is found within
        /// 2 s, and not by all agents at once.
        static let backoff =
            (try? Backoff(initial: .milliseconds(100), maximum: .seconds(2), jitter: .equal))
            ?? .standard
    }
}
