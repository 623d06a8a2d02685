import Synchronization

extension CircuitBreaker {
    /// The content of a rejection while the next probe is not due.
    struct Shut: Equatable, Sendable {
        let isForced: Bool
        /// The time of the next probe; `nil` if the breaker will not probe by itself.
        let until: Instant?
        let reason: Reason

        /// Returns the rejection of a call; `nil` if a probe is due.
        ///
        /// - Parameter now: the present time; required if `until` is set.
        @inline(__always)
        func rejection(now: (_ until: Instant) -> Instant) -> Rejection? {
            let state = isForced ? State.forcedOpen : .open
            guard let until else { return .circuit(state: state, why: reason, probeIn: nil) }
            let wait = until.nanoseconds &- now(until).nanoseconds
            guard wait > 0 else { return nil }
            return .circuit(state: state, why: reason, probeIn: .nanoseconds(wait))
        }
    }

    /// The ``Shut`` of the present state, in words that are written under the lock and read without
    /// it. Each word is read atomically. To check that all words belong to one state, the reader
    /// compares the ``Gate`` before and after it reads them.
    struct ShutWords: ~Copyable, Sendable {
        private static let never = Int64.max

        private let until = Atomic<Int64>(never)
        private let reason = Atomic<Int64>(0)
        /// The time in the reason for which the policy opens the breaker.
        private let time: Duration

        init(_ policy: CircuitBreakerPolicy) {
            switch policy.trip {
            case .consecutiveFailures: time = .zero
            case .failures(_, let within): time = within
            case .rate(let rate): time = rate.slowCalls?.longerThan ?? .zero
            }
        }

        func store(_ shut: Shut) {
            until.store(shut.until?.nanoseconds ?? Self.never, ordering: .releasing)
            reason.store(shut.reason.word, ordering: .releasing)
        }

        /// Returns the value that was stored last; `nil` if its reason is not one of an open
        /// breaker.
        @inline(__always)
        func load(isForced: Bool) -> Shut? {
            let until = until.load(ordering: .acquiring)
            guard let reason = Reason(word: reason.load(ordering: .acquiring), time: time)
            else { return nil }
            return Shut(
                isForced: isForced,
                until: until == Self.never ? nil : Instant(nanoseconds: until), reason: reason)
        }
    }
}

/// The reason of an open breaker as one word: four bits for the case, and two numbers of 30 bits.
extension CircuitBreaker.Reason {
    fileprivate var word: Int64 {
        func word(_ kind: Int64, _ a: Int = 0, _ b: Int = 0) -> Int64 {
            let most = 1 << 30 - 1
            return kind | Int64(min(a, most)) << 4 | Int64(min(b, most)) << 34
        }
        switch self {
        case .consecutiveFailures(let failures): return word(1, failures)
        case .failed(let failed, let calls): return word(2, failed, calls)
        case .slow(let slow, let calls, _): return word(3, slow, calls)
        case .probeFailed: return word(4)
        case .probeWasSlow: return word(5)
        case .halfOpenTooLong: return word(6)
        case .forced: return word(7)
        case .forcedForTime: return word(8)
        case .failures(let failures, _): return word(9, failures)
        case .restored: return word(10)
        case .new, .timeToProbe, .probesDidNotReturn, .probeSucceeded, .heldTimeIsOver, .reset,
            .askedToProbe, .disabled, .enabled:
            return word(0)
        }
    }

    @inline(__always)
    fileprivate init?(word: Int64, time: Duration) {
        let (a, b) = (Int(word >> 4 & (1 << 30 - 1)), Int(word >> 34 & (1 << 30 - 1)))
        switch word & 15 {
        case 1: self = .consecutiveFailures(a)
        case 2: self = .failed(a, of: b)
        case 3: self = .slow(a, of: b, longerThan: time)
        case 4: self = .probeFailed
        case 5: self = .probeWasSlow
        case 6: self = .halfOpenTooLong
        case 7: self = .forced
        case 8: self = .forcedForTime
        case 9: self = .failures(a, within: time)
        case 10: self = .restored
        default: return nil
        }
    }
}
