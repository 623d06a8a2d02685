import Resilience
import Synchronization
import Testing

/// Compares the breaker with ``BreakerModel`` in random scripts of calls, waits and orders.
@Suite struct CircuitBreakerModelTests {
    static let scripts = 10_000
    static let steps = 100

    @Test(arguments: [0, 1]) func breakerBehavesLikeTheModel(_ half: Int) throws {
        var transitions = 0
        for seed in (half * Self.scripts / 2)..<((half + 1) * Self.scripts / 2) {
            let script = BreakerScript(seed: UInt64(seed), steps: Self.steps)
            let run = try BreakerRun(script)
            transitions += run.transitions
            guard run.difference != nil else { continue }
            Issue.record("\(try Self.report(script, seed: seed))")
            return
        }
        print("breaker against model: \(Self.scripts / 2) scripts, \(transitions) transitions")
        #expect(transitions > Self.scripts)
    }

    @Test(arguments: PlantedFault.allCases)
    func plantedFaultIsFoundWithAShortScript(_ fault: PlantedFault) throws {
        for seed in 0..<1_000 {
            let script = BreakerScript(seed: UInt64(seed), steps: Self.steps)
            guard try BreakerRun(script, fault).difference != nil else { continue }
            let shortest = script.shrunk { (try? BreakerRun($0, fault))?.difference != nil }
            #expect(shortest.steps.count <= 12)
            #expect(try BreakerRun(shortest).difference == nil)
            return
        }
        Issue.record("\(fault) was not found in 1,000 scripts")
    }

    /// Returns the shortest script that shows the difference.
    static func report(_ script: BreakerScript, seed: Int) throws -> String {
        let shortest = script.shrunk { (try? BreakerRun($0))?.difference != nil }
        let run = try BreakerRun(shortest)
        let steps = shortest.steps.map { "  \($0)" }.joined(separator: "\n")
            .replacing("ResilienceTests.BreakerScript.", with: "")
            .replacing("ResilienceTests.BreakerModel.", with: "")
        return """
            seed \(seed), shortened to \(shortest.steps.count) steps
            \(shortest.policy)
            \(steps)
            \(run.difference ?? "no difference")
            """
    }
}

/// A script that the breaker and the model run side by side, up to the first difference.
struct BreakerRun {
    /// The first difference, as text.
    private(set) var difference: String?
    private(set) var transitions = 0

    private let clock = ScriptClock()
    private let policy: CircuitBreakerPolicy
    private var breaker: CircuitBreaker
    private let changes = Journal<CircuitBreaker.Transition>()
    private var model: BreakerModel
    private var underWay: [(CircuitBreaker.Permit, BreakerModel.Permit)] = []

    init(_ script: BreakerScript, _ fault: PlantedFault? = nil) throws {
        policy = try script.policy.policy(.scripted)
        breaker = CircuitBreaker(policy, time: clock.time)
        model = BreakerModel(script.policy, fault: fault)
        breaker.onTransition { [changes] in changes.note($0) }
        for step in script.steps {
            perform(step)
            compareReadings()
            guard difference == nil else { break }
        }
        compareChanges()
        transitions = model.changes.count
    }

    private mutating func perform(_ step: BreakerScript.Step) {
        switch step {
        case .begin:
            begin()
        case .end(let index, let ending):
            guard !underWay.isEmpty else { return }
            end(at: index % underWay.count, ending)
        case .call(let answer):
            call(answer)
        case .burst(let successes, let failures):
            for call in 0..<(successes + failures) where difference == nil {
                guard begin() else { return }
                end(at: underWay.count - 1, .answer(call < successes ? .success : .failure))
            }
        case .wait(let time):
            clock.milliseconds += time
            model.now += time
        case .order(let order):
            let obeyed = (try? breaker.apply(CircuitBreaker.Order(order), by: .operator)) != nil
            let isTaken = model.apply(order)
            expect(obeyed, isTaken, "the order is obeyed")
        case .setThreshold(let threshold):
            try? breaker.failureThreshold.pin(threshold, by: .operator)
            model.threshold = threshold
        case .setOpenFor(let time):
            try? breaker.openMilliseconds.pin(Double(time), by: .operator)
            model.openFor = time
        case .releaseLimits:
            breaker.failureThreshold.release(by: .operator)
            breaker.openMilliseconds.release(by: .operator)
            (model.threshold, model.openFor) = (model.policy.threshold, model.policy.openFor)
        case .restart(let time):
            underWay = []
            let saved = breaker.saved.elapsed(.milliseconds(time))
            breaker = CircuitBreaker(policy, initially: saved, time: clock.time)
            breaker.onTransition { [changes] in changes.note($0) }
            model.restart(after: time)
        }
    }

    /// - Returns: whether the call was admitted.
    @discardableResult
    private mutating func begin() -> Bool {
        let modelled = model.admit()
        do throws(Rejection) {
            let permit = try breaker.permit()
            expect(true, modelled != nil, "the call is admitted")
            guard let modelled else { return false }
            underWay.append((permit, modelled))
            return true
        } catch {
            expect(false, modelled != nil, "the call is admitted")
            expect(error, model.rejection, "the rejection")
            return false
        }
    }

    private mutating func end(at index: Int, _ ending: BreakerScript.Ending) {
        let (permit, modelled) = underWay.remove(at: index)
        model.end(modelled, ending)
        switch ending {
        case .answer(let answer):
            if let error = answer.error { permit.failed(error) } else { permit.succeeded() }
        case .ignored:
            permit.ignored()
        case .letGo:
            return
        }
        // Only the first result counts.
        permit.failed(ScriptedError(answer: .failure))
    }

    /// Makes a whole call with a closure.
    private mutating func call(_ answer: BreakerScript.Answer) {
        let permit = model.admit()
        var ran = false
        var rejection: Rejection?
        do {
            try breaker.callBlocking {
                ran = true
                if let error = answer.error { throw error }
            }
        } catch {
            rejection = error.rejection
        }
        expect(ran, permit != nil, "the operation runs")
        if !ran { expect(rejection, model.rejection, "the rejection") }
        if let permit { model.end(permit, .answer(answer)) }
    }

    private mutating func compareReadings() {
        let snapshot = breaker.snapshot
        let reading = BreakerModel.Reading(
            state: snapshot.state, version: snapshot.version, by: snapshot.by,
            since: milliseconds(snapshot.since), probeIn: snapshot.probeIn.map(milliseconds),
            succeeded: snapshot.counts.succeeded, failed: snapshot.counts.failed,
            ignored: snapshot.counts.ignored, rejected: snapshot.counts.rejected,
            consecutiveFailures: snapshot.counts.consecutiveFailures,
            failureRate: snapshot.failureRate, slowCallRate: snapshot.slowCallRate,
            openings: breaker.saved.openings)
        expect(reading, model.reading, "the reading")
    }

    private mutating func compareChanges() {
        let told = changes.entries.map { change in
            BreakerModel.Change(
                from: change.from, to: change.to, version: change.version, by: change.by,
                why: change.why, probeIn: change.probeIn.map(milliseconds))
        }
        expect(told, model.changes, "the changes")
    }

    private mutating func expect<Value: Equatable>(
        _ breaker: Value, _ model: Value, _ what: String
    ) {
        guard difference == nil, breaker != model else { return }
        difference = "\(what):\n  breaker \(breaker)\n  model   \(model)"
    }

    private func milliseconds(_ duration: Duration) -> Int {
        // Not a whole number if the breaker differs by less than one.
        Int(exactly: duration / .milliseconds(1)) ?? .min
    }
}

/// The error of an answer, which the policies of the scripts classify.
private struct ScriptedError: ClassifiedError {
    let answer: BreakerScript.Answer

    var errorClass: ErrorClass { answer == .notFound ? .notFound : .unavailable }

    var retryAfter: RetryAfter? {
        if case .busy(let time) = answer { .delay(.milliseconds(time)) } else { nil }
    }
}

extension BreakerScript.Answer {
    fileprivate var error: (any Error)? {
        switch self {
        case .success: nil
        case .failure, .busy, .refused, .notFound: ScriptedError(answer: self)
        case .rejected: Rejection.bulkheadFull(active: 1, queued: 0)
        }
    }
}

extension ErrorClassifier {
    /// The classifier of the scripts' policies.
    fileprivate static let scripted = ErrorClassifier(isRetryable: { _ in false }) { error in
        switch (error as? ScriptedError)?.answer {
        case .refused: .neither
        case .notFound: .success
        case .success, .failure, .busy, .rejected, nil: .failure
        }
    }
}

/// A clock that a script advances. Nothing sleeps on it: a forced open state ends at the next call.
private final class ScriptClock: Sendable {
    private let now = Atomic<Int>(0)

    var milliseconds: Int {
        get { now.load(ordering: .relaxed) }
        set { now.store(newValue, ordering: .relaxed) }
    }

    var time: TimeSource {
        TimeSource(
            now: { [self] in Instant(nanoseconds: Int64(milliseconds) * 1_000_000) },
            sleep: { _ in throw CancellationError() }, block: { _ in })
    }
}

extension CircuitBreaker.Order {
    fileprivate init(_ order: BreakerScript.Order) {
        switch order {
        case .open(let time): self = .open(for: time.map { .milliseconds($0) })
        case .reset: self = .reset
        case .halfOpen: self = .halfOpen
        case .disable: self = .disable
        case .enable: self = .enable
        }
    }
}
