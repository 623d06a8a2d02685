import Resilience

/// A circuit breaker as its documentation describes it, with nothing done for speed: it keeps every
/// result and looks at all of them each time. Times are whole milliseconds.
struct BreakerModel {
    enum Phase: Equatable {
        case closed
        case open(until: Int)
        case halfOpen(permits: Int, successes: Int, lastProbe: Int)
        case forcedOpen(until: Int?)
        case disabled
    }

    enum CallResult: CaseIterable {
        case success
        case failure
        case neither
    }

    struct Permit {
        let version: Int
        let start: Int
    }

    /// A result that counts towards a rate.
    struct Ended {
        let at: Int
        let failed: Bool
        let slow: Bool
    }

    /// What is seen of a breaker from outside.
    struct Reading: Equatable {
        var state: CircuitBreaker.State
        var version: Int
        var by: Author
        var since: Int
        var probeIn: Int?
        var succeeded = 0
        var failed = 0
        var ignored = 0
        var rejected = 0
        var consecutiveFailures = 0
        var failureRate: Double?
        var slowCallRate: Double?
    }

    /// A change of state, as observers are told of it.
    struct Change: Equatable {
        let from: CircuitBreaker.State
        let to: CircuitBreaker.State
        let version: Int
        let by: Author
        let probeIn: Int?
    }

    let policy: BreakerPolicyChoice
    let fault: PlantedFault?
    var now = 0
    /// Failures in a row or a share; an operator may change it.
    var threshold: Double
    /// An operator may change it.
    var openFor: Int
    private(set) var changes: [Change] = []
    private var phase = Phase.closed
    private var version = 0
    private var by = Author.policy
    private var since = 0
    private var counts = Reading(state: .closed, version: 0, by: .policy, since: 0)
    private var results: [Ended] = []
    /// Openings since it was last closed.
    private var openings = 0

    init(_ policy: BreakerPolicyChoice, fault: PlantedFault? = nil) {
        self.policy = policy
        self.fault = fault
        threshold = policy.threshold
        openFor = policy.openFor
    }

    // MARK: - Calls

    /// A call comes: its permit, or `nil` where it is rejected.
    mutating func admit() -> Permit? {
        passTime()
        switch phase {
        case .closed, .disabled:
            return Permit(version: version, start: now)
        case .halfOpen(let permits, let successes, _) where permits < policy.halfOpenCalls:
            phase = .halfOpen(permits: permits + 1, successes: successes, lastProbe: now)
            return Permit(version: version, start: now)
        case .open, .halfOpen, .forcedOpen:
            counts.rejected += 1
            return nil
        }
    }

    /// A call that was admitted ends.
    mutating func end(_ permit: Permit, _ result: CallResult) {
        switch result {
        case .success: counts.succeeded += 1
        case .failure: counts.failed += 1
        case .neither: counts.ignored += 1
        }
        // A result from before a transition decides nothing.
        guard permit.version == version || fault == .oldResultsDecide else { return }
        switch phase {
        case .closed, .disabled:
            if result != .neither { measure(permit, failed: result == .failure) }
        case .halfOpen(let permits, let successes, let lastProbe):
            switch result {
            case .failure:
                open()
            case .success where isSlow(permit):
                open()
            case .success where successes + 1 >= policy.successesToClose:
                change(to: .closed, .policy)
            case .success:
                phase = .halfOpen(
                    permits: permits - 1, successes: successes + 1, lastProbe: lastProbe)
            case .neither:
                let kept = fault == .neitherKeepsItsPermit ? 0 : 1
                phase = .halfOpen(
                    permits: permits - kept, successes: successes, lastProbe: lastProbe)
            }
        case .open, .forcedOpen:
            break
        }
    }

    /// What comes due by itself; a breaker looks at it when a call comes.
    private mutating func passTime() {
        switch phase {
        case .open(let until) where until <= now - (fault == .openIntervalEndsLate ? 1 : 0):
            probe(successes: 0)
        case .forcedOpen(let until?) where until <= now:
            probe(successes: 0)
        case .halfOpen(let permits, let successes, let lastProbe):
            switch policy.halfOpenLimit {
            case .reopens(let time) where now - since >= time:
                // It took effect at its time, though nobody called then.
                open(at: since + time)
                passTime()
            case .givesPermitsBack(let time)
            where permits >= policy.halfOpenCalls && now - lastProbe >= time:
                probe(successes: successes)
            case .reopens, .givesPermitsBack, nil:
                break
            }
        case .closed, .open, .forcedOpen, .disabled:
            break
        }
    }

    private mutating func measure(_ permit: Permit, failed: Bool) {
        counts.consecutiveFailures = failed ? counts.consecutiveFailures + 1 : 0
        results.append(Ended(at: now, failed: failed, slow: isSlow(permit)))
        guard phase == .closed else { return }
        switch policy.trip {
        case .consecutive:
            let least = threshold + (fault == .oneFailureMore ? 1 : 0)
            if failed && Double(counts.consecutiveFailures) >= least { open() }
        case .rate(let rate):
            let latest = latest(rate)
            guard latest.count >= rate.minimumCalls else { return }
            let failures = latest.count(where: \.failed)
            let slow = latest.count(where: \.slow)
            if isMet(threshold, failures, of: latest.count) { return open() }
            if let share = rate.slowShare, isMet(share, slow, of: latest.count) { open() }
        }
    }

    /// A share is met at the share: 7 of 100 meet 0.07.
    private func isMet(_ share: Double, _ part: Int, of all: Int) -> Bool {
        if fault == .shareIsMetAboveIt { return Double(part) / Double(all) > share }
        return Double(part) / Double(all) >= share
    }

    /// The results in the window: the last ones, or those of the last ten slots of time.
    private func latest(_ rate: BreakerPolicyChoice.Rate) -> ArraySlice<Ended> {
        switch rate.window {
        case .calls(let calls):
            return results.suffix(calls)
        case .time(let time):
            let slot = time / 10
            let first = results.firstIndex { $0.at / slot > now / slot - 10 }
            return results[(first ?? results.endIndex)...]
        }
    }

    /// A call that takes longer is slow.
    private func isSlow(_ permit: Permit) -> Bool {
        guard case .rate(let rate) = policy.trip, rate.slowShare != nil else { return false }
        let took = now - permit.start
        return fault == .slowAtItsTime ? took >= rate.slowAfter : took > rate.slowAfter
    }

    // MARK: - Orders

    /// An order by hand; `false` where it is refused.
    mutating func obey(_ order: BreakerScript.Order) -> Bool {
        switch (order, phase) {
        case (.open(let time), _):
            change(to: .forcedOpen(until: time.map { now + $0 }), .operator)
        case (.reset, _):
            if phase != .closed { change(to: .closed, .operator) }
            counts = Reading(state: .closed, version: 0, by: .policy, since: 0)
            results = []
        case (.halfOpen, .disabled), (.enable, .forcedOpen):
            return false
        case (.halfOpen, .halfOpen), (.disable, .disabled), (.enable, .closed), (.enable, .open),
            (.enable, .halfOpen):
            break
        case (.halfOpen, _):
            change(to: .halfOpen(permits: 0, successes: 0, lastProbe: now), .operator)
        case (.disable, _):
            change(to: .disabled, .operator)
        case (.enable, .disabled):
            change(to: .closed, .operator)
        }
        return true
    }

    // MARK: - State

    private mutating func probe(successes: Int) {
        change(to: .halfOpen(permits: 0, successes: successes, lastProbe: now), .policy)
    }

    /// Opens for a time that each opening in a row multiplies.
    private mutating func open(at time: Int? = nil) {
        var interval = openFor
        let longest = max(openFor, policy.openMaximum)
        for _ in 0..<openings { interval = min(longest, interval * policy.openGrowth) }
        openings += 1
        change(to: .open(until: (time ?? now) + interval), .policy, at: time)
    }

    private mutating func change(to next: Phase, _ author: Author, at time: Int? = nil) {
        let from = state
        phase = next
        version += 1
        by = author
        since = time ?? now
        counts.consecutiveFailures = 0
        results = []
        if next == .closed { openings = 0 }
        changes.append(
            Change(from: from, to: state, version: version, by: author, probeIn: probeIn))
    }

    private var state: CircuitBreaker.State {
        switch phase {
        case .closed: .closed
        case .open: .open
        case .halfOpen: .halfOpen
        case .forcedOpen: .forcedOpen
        case .disabled: .disabled
        }
    }

    /// How long until it probes by itself.
    var probeIn: Int? {
        switch phase {
        case .open(let until), .forcedOpen(let until?): max(0, until - now)
        case .closed, .halfOpen, .forcedOpen(nil), .disabled: nil
        }
    }

    /// The state that a rejection names.
    var rejection: (CircuitBreaker.State, Int?) { (state, probeIn) }

    var reading: Reading {
        var reading = counts
        reading.state = state
        reading.version = version
        reading.by = by
        reading.since = now - since
        reading.probeIn = probeIn
        if case .rate(let rate) = policy.trip {
            let latest = latest(rate)
            let calls = Double(latest.count)
            if calls > 0 {
                reading.failureRate = Double(latest.count(where: \.failed)) / calls
                if rate.slowShare != nil {
                    reading.slowCallRate = Double(latest.count(where: \.slow)) / calls
                }
            }
        }
        return reading
    }
}

/// A fault that a test plants in the model, to see that the comparison finds it.
enum PlantedFault: CaseIterable {
    case oneFailureMore
    case openIntervalEndsLate
    case oldResultsDecide
    case neitherKeepsItsPermit
    case shareIsMetAboveIt
    case slowAtItsTime
}
