import Resilience

/// A breaker's policy in whole milliseconds.
struct BreakerPolicyChoice: CustomStringConvertible {
    enum Trip {
        case consecutive
        case failures(within: Int)
        case rate(Rate)
    }

    struct Rate {
        enum Window {
            case calls(Int)
            case time(Int)
        }

        let window: Window
        let minimumCalls: Int
        let slowAfter: Int
        let slowShare: Double?
        let probes: Int?
    }

    enum HalfOpenLimit {
        case reopens(Int)
        case givesPermitsBack(Int)
    }

    let trip: Trip
    let threshold: Double
    let openFor: Int
    let openGrowth: Int
    let openMaximum: Int
    let maxRetryAfter: Int?
    let halfOpenCalls: Int
    let successesToClose: Int
    let failuresToReopen: Int
    let halfOpenLimit: HalfOpenLimit?
    let hasClassifier: Bool

    /// Shares that some number of calls reaches exactly; most are not binary fractions.
    static let shares = [0.07, 0.14, 0.25, 0.28, 0.3, 0.5, 0.55, 0.56, 0.6, 1]

    init(_ random: inout ScriptRandom) {
        let share = random.one(of: Self.shares)
        let isSlow = random.chance(0.5)
        let slowShare = isSlow ? random.one(of: Self.shares) : nil
        let slowAfter = 100 * (1 + random.below(5))
        let isJudgedByShare = random.chance(0.5)
        let probes = isJudgedByShare ? 1 + random.below(5) : nil
        let time = 1_000 * (1 + random.below(5))
        switch random.below(4) {
        case 0:
            trip = .consecutive
            threshold = Double(1 + random.below(4))
        case 1:
            trip = .failures(within: time)
            threshold = Double(1 + random.below(4))
        case 2:
            let calls = random.one(of: [1, 4, 10, 25, 50, 100])
            trip = .rate(
                Rate(
                    window: .calls(calls),
                    minimumCalls: random.chance(0.5) ? calls : 1 + random.below(calls),
                    slowAfter: slowAfter, slowShare: slowShare, probes: probes))
            threshold = share
        default:
            trip = .rate(
                Rate(
                    window: .time(time), minimumCalls: 1 + random.below(20), slowAfter: slowAfter,
                    slowShare: slowShare, probes: probes))
            threshold = share
        }
        // Multiples of 250 ms are exact binary fractions of seconds, so growth is exact.
        openFor = 250 * (1 + random.below(8))
        openGrowth = 1 + random.below(3)
        openMaximum = openFor * (1 + random.below(12))
        maxRetryAfter = random.chance(0.5) ? 500 * random.below(8) : nil
        halfOpenCalls = 1 + random.below(3)
        successesToClose = 1 + random.below(3)
        failuresToReopen = 1 + random.below(3)
        switch random.below(3) {
        case 0: halfOpenLimit = .reopens(500 * (1 + random.below(6)))
        case 1: halfOpenLimit = .givesPermitsBack(500 * (1 + random.below(6)))
        default: halfOpenLimit = nil
        }
        hasClassifier = random.chance(0.3)
    }

    /// The number of probes of a half-open state, if shares are compared.
    var probes: Int? {
        if case .rate(let rate) = trip { rate.probes } else { nil }
    }

    func policy(_ classifier: ErrorClassifier) throws -> CircuitBreakerPolicy {
        let trip: CircuitBreakerPolicy.Trip
        switch self.trip {
        case .consecutive:
            trip = .consecutiveFailures(Int(threshold))
        case .failures(let time):
            trip = .failures(Int(threshold), within: .milliseconds(time))
        case .rate(let rate):
            let window: CircuitBreakerPolicy.Rate.Window =
                switch rate.window {
                case .calls(let calls): .calls(calls)
                case .time(let time): .time(.milliseconds(time))
                }
            let slow = try rate.slowShare.map { share in
                try CircuitBreakerPolicy.Rate.SlowCalls(
                    longerThan: .milliseconds(rate.slowAfter), share: share)
            }
            trip = .rate(
                try CircuitBreakerPolicy.Rate(
                    window: window, minimumCalls: rate.minimumCalls, failureShare: threshold,
                    slowCalls: slow, probes: rate.probes))
        }
        let limit: CircuitBreakerPolicy.HalfOpenLimit? =
            switch halfOpenLimit {
            case .reopens(let time): .reopens(after: .milliseconds(time))
            case .givesPermitsBack(let time): .givesPermitsBack(after: .milliseconds(time))
            case nil: nil
            }
        return try CircuitBreakerPolicy(
            trip: trip, openFor: .milliseconds(openFor), openGrowth: Double(openGrowth),
            openMaximum: .milliseconds(openMaximum),
            maxRetryAfter: maxRetryAfter.map { .milliseconds($0) }, halfOpenCalls: halfOpenCalls,
            successesToClose: successesToClose, failuresToReopen: failuresToReopen,
            halfOpenLimit: limit, classifier: hasClassifier ? classifier : nil)
    }

    var description: String {
        let trip = "\(trip)".replacing("ResilienceTests.BreakerPolicyChoice.", with: "")
        return """
            trips at \(threshold), \(trip)
            open for \(openFor) ms, times \(openGrowth), at most \(openMaximum) ms, \
            asked for: at most \(maxRetryAfter.map { "\($0) ms" } ?? "none")
            half-open: \(halfOpenCalls) probes, \(successesToClose) to close, \
            \(failuresToReopen) to reopen, \
            limit \(halfOpenLimit.map { "\($0)" } ?? "none")\(hasClassifier ? "; classifier" : "")
            """
    }
}

/// A sequence of events for a breaker. Every step is valid at every position, so a script can be
/// shortened by removing steps.
struct BreakerScript {
    enum Order: Equatable {
        case open(for: Int?)
        case reset
        case halfOpen
        case disable
        case enable
    }

    enum Step {
        /// Starts a call.
        case begin
        /// Ends one of the calls in flight; does nothing if there is none.
        case end(Int, Ending)
        /// Makes a whole call with a closure.
        case call(Answer)
        /// Makes calls that succeed, then calls that fail, one after the other, until one is
        /// rejected.
        case burst(successes: Int, failures: Int)
        case wait(Int)
        case order(Order)
        case setThreshold(Double)
        case setOpenFor(Int)
        case releaseLimits
        /// Starts a new breaker from the saved state of this one, which was stored for a time.
        case restart(after: Int)
    }

    /// The result of a permit that was requested by hand.
    enum Ending {
        case answer(Answer)
        case ignored
        case letGo
    }

    /// The result of a call: a success or an error.
    enum Answer: Equatable {
        case success
        case failure
        /// A failure that requests a time until the next call.
        case busy(for: Int)
        /// An error that the classifier does not retry; a failure without a classifier.
        case refused
        /// The caller's fault; a success for the classifier.
        case notFound
        /// A rejection by an inner layer.
        case rejected
    }

    let policy: BreakerPolicyChoice
    var steps: [Step]

    /// Creates a random script; equal seeds give equal scripts.
    init(seed: UInt64, steps count: Int) {
        var random = ScriptRandom(seed: seed)
        let policy = BreakerPolicyChoice(&random)
        self.policy = policy
        steps = (0..<count).map { _ in Self.step(policy, &random) }
    }

    private static func step(_ policy: BreakerPolicyChoice, _ random: inout ScriptRandom) -> Step {
        switch random.below(100) {
        case ..<25: return .begin
        case ..<50: return .end(random.below(8), ending(&random))
        case ..<64: return .call(answer(&random))
        case ..<65: return .restart(after: random.one(of: [0, 1, 500, policy.openFor]))
        case ..<66: return burst(&random)
        case ..<90: return .wait(wait(policy, &random))
        case ..<97: return .order(order(&random))
        case ..<98: return .setThreshold(threshold(policy, &random))
        case ..<99: return .setOpenFor(250 * (1 + random.below(8)))
        default: return .releaseLimits
        }
    }

    private static func ending(_ random: inout ScriptRandom) -> Ending {
        switch random.below(10) {
        case 0: .ignored
        case 1: .letGo
        default: .answer(answer(&random))
        }
    }

    private static func answer(_ random: inout ScriptRandom) -> Answer {
        let asked = 250 * random.below(20)
        return random.one(of: [
            .success, .success, .success, .failure, .failure, .busy(for: asked), .refused,
            .notFound, .rejected,
        ])
    }

    /// Often the number of calls for which some number of failures reaches a share exactly.
    private static func burst(_ random: inout ScriptRandom) -> Step {
        .burst(successes: random.one(of: [0, 3, 25, 50, 100]), failures: random.below(61))
    }

    /// Often a time at which a state ends, to the millisecond.
    private static func wait(_ policy: BreakerPolicyChoice, _ random: inout ScriptRandom) -> Int {
        var times = [1, 50, 100, policy.openFor, policy.openFor * policy.openGrowth]
        switch policy.halfOpenLimit {
        case .reopens(let time), .givesPermitsBack(let time): times.append(time)
        case nil: break
        }
        switch policy.trip {
        case .consecutive: break
        case .failures(let time): times.append(time)
        case .rate(let rate): times.append(rate.slowAfter)
        }
        return max(1, random.one(of: times) + random.one(of: [-1, 0, 0, 1, random.below(300)]))
    }

    private static func order(_ random: inout ScriptRandom) -> Order {
        random.one(of: [
            .open(for: nil), .open(for: 500 * (1 + random.below(4))), .reset, .halfOpen, .disable,
            .enable, .enable,
        ])
    }

    private static func threshold(
        _ policy: BreakerPolicyChoice, _ random: inout ScriptRandom
    ) -> Double {
        switch policy.trip {
        case .consecutive, .failures: Double(1 + random.below(5))
        case .rate: random.one(of: BreakerPolicyChoice.shares)
        }
    }
}

extension BreakerScript {
    /// Returns the shortest script found by removing steps for which `fails` still holds (delta
    /// debugging, Zeller 1999).
    func shrunk(while fails: (BreakerScript) -> Bool) -> BreakerScript {
        var script = self
        var size = max(1, script.steps.count / 2)
        while true {
            var hasShrunk = false
            var start = 0
            while start < script.steps.count {
                var shorter = script
                shorter.steps.removeSubrange(start..<min(start + size, script.steps.count))
                if fails(shorter) {
                    script = shorter
                    hasShrunk = true
                } else {
                    start += size
                }
            }
            if size > 1 { size /= 2 } else if !hasShrunk { return script }
        }
    }
}

/// SplitMix64, without the lock of ``RandomSource``.
struct ScriptRandom {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func below(_ count: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((bits ^ (bits >> 31)) % UInt64(count))
    }

    mutating func chance(_ share: Double) -> Bool {
        Double(below(1_000)) < share * 1_000
    }

    mutating func one<Element>(of elements: [Element]) -> Element {
        elements[below(elements.count)]
    }
}
