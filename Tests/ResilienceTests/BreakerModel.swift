import Resilience

/// A circuit breaker as its documentation describes it, without optimisations: it keeps every
/// result and evaluates all of them each time. Times are whole milliseconds.
struct BreakerModel {
    enum Phase: Equatable {
        case closed
        case open(until: Int)
        case halfOpen(Probes)
        case forcedOpen(until: Int?)
        case disabled
    }

    /// The probes of a half-open state.
    struct Probes: Equatable {
        var running = 0
        /// The start of the last probe.
        var last: Int
        /// The results that count, since the breaker was last open.
        var ended: [Ended] = []
    }

    enum CallResult: Equatable {
        case success
        /// The error may request a time until the next call.
        case failure(asked: Int?)
        case neither

        var isFailure: Bool {
            if case .failure = self { true } else { false }
        }

        var asked: Int? {
            if case .failure(let asked) = self { asked } else { nil }
        }
    }

    struct Permit {
        let version: Int
        let start: Int
    }

    /// A result that counts.
    struct Ended: Equatable {
        let at: Int
        let failed: Bool
        let slow: Bool
    }

    /// The observable state of a breaker.
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
        /// The number of openings since it was last closed.
        var openings = 0
    }

    /// A state change, as observers receive it.
    struct Change: Equatable {
        let from: CircuitBreaker.State
        let to: CircuitBreaker.State
        let version: Int
        let by: Author
        let why: String
        let probeIn: Int?
    }

    let policy: BreakerPolicyChoice
    let fault: PlantedFault?
    var now = 0
    /// The number of failures in a row or the share; an operator can change it.
    var threshold: Double
    /// An operator can change it.
    var openFor: Int
    private(set) var changes: [Change] = []
    private var phase = Phase.closed
    private var version = 0
    private var by = Author.policy
    private var why = CircuitBreaker.Reason.new
    private var since = 0
    private var counts = Reading(state: .closed, version: 0, by: .policy, since: 0)
    private var results: [Ended] = []
    private var openings = 0

    init(_ policy: BreakerPolicyChoice, fault: PlantedFault? = nil) {
        self.policy = policy
        self.fault = fault
        threshold = policy.threshold
        openFor = policy.openFor
    }

    // MARK: - Calls

    /// Starts a call. Returns its permit; `nil` if it is rejected.
    mutating func admit() -> Permit? {
        passTime()
        switch phase {
        case .closed, .disabled:
            return Permit(version: version, start: now)
        case .halfOpen(var probes) where hasRoom(for: probes):
            probes.running += 1
            probes.last = now
            phase = .halfOpen(probes)
            return Permit(version: version, start: now)
        case .open, .halfOpen, .forcedOpen:
            counts.rejected += 1
            return nil
        }
    }

    /// Ends an admitted call.
    mutating func end(_ permit: Permit, _ ending: BreakerScript.Ending) {
        let result = result(of: ending)
        switch result {
        case .success: counts.succeeded += 1
        case .failure: counts.failed += 1
        case .neither: counts.ignored += 1
        }
        // A result from before a transition is ignored.
        guard permit.version == version || fault == .oldResultsDecide else { return }
        switch phase {
        case .closed, .disabled:
            if result != .neither { measure(permit, result) }
        case .halfOpen(var probes):
            if result != .neither || fault != .neitherKeepsItsPermit { probes.running -= 1 }
            if result != .neither { probes.ended.append(ended(permit, result)) }
            phase = .halfOpen(probes)
            if result != .neither { judge(probes.ended, result) }
        case .open, .forcedOpen:
            break
        }
    }

    /// Returns what the end of a call says about the service.
    private func result(of ending: BreakerScript.Ending) -> CallResult {
        switch ending {
        case .answer(.success): .success
        case .answer(.failure): .failure(asked: nil)
        case .answer(.busy(let time)): .failure(asked: time)
        case .answer(.refused): policy.hasClassifier ? .neither : .failure(asked: nil)
        case .answer(.notFound):
            policy.hasClassifier && fault != .noErrorIsASuccess ? .success : .neither
        case .letGo where fault == .permitLetGoOfFailed: .failure(asked: nil)
        case .answer(.rejected), .ignored, .letGo: .neither
        }
    }

    /// The limit applies to concurrent probes, or to all of them if shares are compared.
    private func hasRoom(for probes: Probes) -> Bool {
        guard let all = policy.probes else { return probes.running < policy.halfOpenCalls }
        let ended = fault == .endedProbesGiveTheirPlaceBack ? 0 : probes.ended.count
        return probes.running + ended < all
    }

    /// Closes or opens the breaker if the ended probes decide it; `last` is the latest result.
    private mutating func judge(_ probes: [Ended], _ last: CallResult) {
        if let all = policy.probes, case .rate(let rate) = policy.trip {
            guard probes.count >= all || fault == .someProbesAreJudged else { return }
            if let why = reasonToOpen(rate, probes[...]) {
                open(why, asked: last.asked)
            } else if probes.count >= all {
                change(to: .closed, .policy, .probeSucceeded)
            }
            return
        }
        let failures = probes.count { $0.failed || $0.slow }
        if failures >= (fault == .oneFailedProbeReopens ? 1 : policy.failuresToReopen) {
            open(last.isFailure ? .probeFailed : .probeWasSlow, asked: last.asked)
        } else if probes.count - failures >= policy.successesToClose {
            change(to: .closed, .policy, .probeSucceeded)
        }
    }

    /// Applies the state changes that are due. A breaker does so at each call.
    private mutating func passTime() {
        switch phase {
        case .open(let until) where until <= now - (fault == .openIntervalEndsLate ? 1 : 0):
            change(to: .halfOpen(Probes(last: now)), .policy, .timeToProbe)
        case .forcedOpen(let until?) where until <= now:
            change(to: .halfOpen(Probes(last: now)), .policy, .heldTimeIsOver)
        case .halfOpen(var probes):
            switch policy.halfOpenLimit {
            case .reopens(let time) where now - since >= time:
                // The change took effect when it was due, without a call.
                open(.halfOpenTooLong, at: since + time)
                passTime()
            case .givesPermitsBack(let time)
            where !hasRoom(for: probes) && now - probes.last >= time:
                probes.running = 0
                if fault == .lostProbesTakeResultsAlong { probes.ended = [] }
                change(to: .halfOpen(probes), .policy, .probesDidNotReturn)
            case .reopens, .givesPermitsBack, nil:
                break
            }
        case .closed, .open, .forcedOpen, .disabled:
            break
        }
    }

    private func ended(_ permit: Permit, _ result: CallResult) -> Ended {
        Ended(at: now, failed: result.isFailure, slow: isSlow(permit))
    }

    private mutating func measure(_ permit: Permit, _ result: CallResult) {
        counts.consecutiveFailures = result.isFailure ? counts.consecutiveFailures + 1 : 0
        results.append(ended(permit, result))
        guard phase == .closed else { return }
        let why: CircuitBreaker.Reason?
        switch policy.trip {
        case .consecutive:
            let least = threshold + (fault == .oneFailureMore ? 1 : 0)
            let failures = counts.consecutiveFailures
            let isTripped = result.isFailure && Double(failures) >= least
            why = isTripped ? .consecutiveFailures(failures) : nil
        case .failures(let time):
            if fault == .successEndsFailuresWithin && result == .success { results = [] }
            let slots = fault == .failuresAreKeptLonger ? 11 : 10
            let failures = latest(within: time, slots: slots).count(where: \.failed)
            let isTripped = result.isFailure && Double(failures) >= threshold
            why = isTripped ? .failures(failures, within: .milliseconds(time)) : nil
        case .rate(let rate):
            let latest = latest(rate)
            why = latest.count >= rate.minimumCalls ? reasonToOpen(rate, latest) : nil
        }
        if let why { open(why, asked: result.asked) }
    }

    /// Returns the reason to open for the share of these calls.
    private func reasonToOpen(
        _ rate: BreakerPolicyChoice.Rate, _ calls: ArraySlice<Ended>
    ) -> CircuitBreaker.Reason? {
        let failed = calls.count(where: \.failed)
        let slow = calls.count(where: \.slow)
        if isMet(threshold, failed, of: calls.count) { return .failed(failed, of: calls.count) }
        guard let share = rate.slowShare, isMet(share, slow, of: calls.count) else { return nil }
        return .slow(slow, of: calls.count, longerThan: .milliseconds(rate.slowAfter))
    }

    /// A share is reached at equality: 7 of 100 reach 0.07.
    private func isMet(_ share: Double, _ part: Int, of all: Int) -> Bool {
        if fault == .shareIsMetAboveIt { return Double(part) / Double(all) > share }
        return Double(part) / Double(all) >= share
    }

    /// Returns the results in the window: the last ones, or those of the last ten slots of time.
    private func latest(_ rate: BreakerPolicyChoice.Rate) -> ArraySlice<Ended> {
        switch rate.window {
        case .calls(let calls): results.suffix(calls)
        case .time(let time): latest(within: time)
        }
    }

    /// Returns the results in the last slots; a time has ten.
    private func latest(within time: Int, slots: Int = 10) -> ArraySlice<Ended> {
        let slot = time / 10
        let first = results.firstIndex { $0.at / slot > now / slot - slots }
        return results[(first ?? results.endIndex)...]
    }

    /// A slow call takes longer than the limit.
    private func isSlow(_ permit: Permit) -> Bool {
        guard case .rate(let rate) = policy.trip, rate.slowShare != nil else { return false }
        let took = now - permit.start
        return fault == .slowAtItsTime ? took >= rate.slowAfter : took > rate.slowAfter
    }

    // MARK: - Orders

    /// Applies an order. Returns `false` if it is refused.
    mutating func apply(_ order: BreakerScript.Order) -> Bool {
        switch (order, phase) {
        case (.open(let time), _):
            let why = time == nil ? CircuitBreaker.Reason.forced : .forcedForTime
            change(to: .forcedOpen(until: time.map { now + $0 }), .operator, why)
        case (.reset, _):
            if phase != .closed { change(to: .closed, .operator, .reset) }
            clear()
        case (.halfOpen, .disabled), (.enable, .forcedOpen):
            return false
        case (.halfOpen, .halfOpen), (.disable, .disabled), (.enable, .closed), (.enable, .open),
            (.enable, .halfOpen):
            break
        case (.halfOpen, _):
            change(to: .halfOpen(Probes(last: now)), .operator, .askedToProbe)
        case (.disable, _):
            change(to: .disabled, .operator, .disabled)
        case (.enable, .disabled):
            change(to: .closed, .operator, .enabled)
        }
        return true
    }

    // MARK: - State

    /// Continues as a breaker that starts from the saved state of this one, after a time.
    mutating func restart(after time: Int) {
        let until = probeIn.map { now + max(0, $0 - time) }
        switch phase {
        case .open(let unsaved): phase = .open(until: until ?? unsaved)
        case .forcedOpen: phase = .forcedOpen(until: until)
        case .halfOpen: phase = .halfOpen(Probes(last: now))
        case .closed, .disabled: break
        }
        if fault == .openingsAreNotSaved { openings = 0 }
        version += 1
        why = .restored
        since = now
        (threshold, openFor) = (policy.threshold, policy.openFor)
        clear()
    }

    /// Clears the counts.
    private mutating func clear() {
        counts = Reading(state: .closed, version: 0, by: .policy, since: 0)
        results = []
    }

    /// Opens for a time that grows with each opening in a row, or longer if an error requests it.
    private mutating func open(
        _ why: CircuitBreaker.Reason, at time: Int? = nil, asked: Int? = nil
    ) {
        var interval = openFor
        let longest = max(openFor, policy.openMaximum)
        for _ in 0..<openings { interval = min(longest, interval * policy.openGrowth) }
        if let asked, let most = policy.maxRetryAfter {
            interval = max(interval, fault == .askedTimeHasNoBound ? asked : min(asked, most))
        }
        openings += 1
        change(to: .open(until: (time ?? now) + interval), .policy, why, at: time)
    }

    private mutating func change(
        to next: Phase, _ author: Author, _ reason: CircuitBreaker.Reason, at time: Int? = nil
    ) {
        let from = state
        phase = next
        version += 1
        by = author
        why = reason
        since = time ?? now
        counts.consecutiveFailures = 0
        results = []
        if next == .closed { openings = 0 }
        changes.append(
            Change(
                from: from, to: state, version: version, by: author, why: why.description,
                probeIn: probeIn))
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

    /// The time until the breaker probes by itself.
    private var probeIn: Int? {
        switch phase {
        case .open(let until), .forcedOpen(let until?): max(0, until - now)
        case .closed, .halfOpen, .forcedOpen(nil), .disabled: nil
        }
    }

    /// The rejection of a call.
    var rejection: Rejection {
        .circuit(state: state, why: why, probeIn: probeIn.map { .milliseconds($0) })
    }

    var reading: Reading {
        var reading = counts
        reading.state = state
        reading.version = version
        reading.by = by
        reading.since = now - since
        reading.probeIn = probeIn
        reading.openings = openings
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

/// A fault that a test plants in the model, to check that the comparison finds it.
enum PlantedFault: CaseIterable {
    case oneFailureMore
    case openIntervalEndsLate
    case oldResultsDecide
    case neitherKeepsItsPermit
    case shareIsMetAboveIt
    case slowAtItsTime
    case failuresAreKeptLonger
    case successEndsFailuresWithin
    case endedProbesGiveTheirPlaceBack
    case someProbesAreJudged
    case lostProbesTakeResultsAlong
    case oneFailedProbeReopens
    case askedTimeHasNoBound
    case openingsAreNotSaved
    case noErrorIsASuccess
    case permitLetGoOfFailed
}
