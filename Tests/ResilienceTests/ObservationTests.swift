import TestSupport
import Testing

@testable import Resilience

@Suite struct ObservationTests {
    @Test func removedObserverOfABreakerIsNotCalled() {
        let breaker = CircuitBreaker()
        let seen = Journal<String>()
        let first = breaker.onTransition { seen.note("first \($0.to)") }
        breaker.onTransition { seen.note("second \($0.to)") }
        breaker.forceOpen()
        first.cancel()
        first.cancel()
        breaker.reset()
        #expect(seen.entries == ["first forced open", "second forced open", "second closed"])
    }

    @Test func removedObserverOfALimitIsNotCalled() throws {
        let limit = Retry().maxAttempts
        let seen = Journal<Double>()
        let observation = limit.onChange { seen.note($0.now.value) }
        try limit.pin(4, by: .agent)
        observation.cancel()
        try limit.pin(5, by: .agent)
        #expect(seen.entries == [4])
    }

    @Test func removedObserverIsReleased() {
        final class Screen: Sendable {}
        let breaker = CircuitBreaker()
        weak var observer: Screen?
        var observation: Observation?
        do {
            let screen = Screen()
            observer = screen
            observation = breaker.onTransition { _ in withExtendedLifetime(screen) {} }
        }
        #expect(observer != nil)
        observation?.cancel()
        #expect(observer == nil)
    }

    @Test func observerCanRemoveItself() {
        let breaker = CircuitBreaker()
        let seen = Journal<String>()
        let own = Journal<Observation>()
        own.note(
            breaker.onTransition { transition in
                seen.note("\(transition.to)")
                for observation in own.entries { observation.cancel() }
            })
        breaker.forceOpen()
        breaker.reset()
        #expect(seen.entries == ["forced open"])
    }

    /// The observed object may be released by then.
    @Test func observationDoesNotRetainTheObservedObject() {
        var breaker: CircuitBreaker? = CircuitBreaker()
        weak let kept = breaker
        let observation = breaker?.onTransition { _ in }
        breaker = nil
        #expect(kept == nil)
        observation?.cancel()
    }
}
