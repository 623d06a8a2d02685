import Synchronization
import TestSupport
import Testing

@testable import Resilience

@Suite struct KeyedTests {
    typealias Breakers = Keyed<String, CircuitBreaker>

    let clock = TestClock()

    func breakers(_ capacity: Int = 3, hard: Int? = nil) throws -> Breakers {
        let time = clock.time
        let policy = try CircuitBreakerPolicy(failureThreshold: 1, openFor: .seconds(60))
        return Keyed(try KeyedPolicy(capacity: capacity, hardCapacity: hard), by: String.self) {
            _ in CircuitBreaker(policy, time: time)
        }
    }

    func open(_ breaker: CircuitBreaker) {
        _ = try? breaker.callBlocking { throw TestError("down") }
    }

    @Test func keyKeepsItsStrategy() async throws {
        let breakers = try breakers()
        #expect(breakers["a"] === breakers["a"])
        #expect(breakers["a"] !== breakers["b"])
        #expect(try await breakers["a"].call { 1 } == 1)
        #expect(breakers.counts == .init(kept: 2, made: 2, evicted: 0, evictedBusy: 0))
    }

    @Test func failuresOfOneKeyDoNotAffectAnother() throws {
        let breakers = try breakers()
        open(breakers["down"])
        #expect(breakers["down"].snapshot.state == .open)
        #expect(try breakers["up"].callBlocking { 1 } == 1)
    }

    @Test func existingCreatesNoStrategy() throws {
        let breakers = try breakers()
        #expect(breakers.existing("a") == nil)
        let made = breakers["a"]
        #expect(breakers.existing("a") === made)
        #expect(breakers.counts.made == 1)
    }

    @Test func leastRecentlyUsedStrategyIsEvictedAndCreatedAnew() throws {
        let breakers = try breakers()
        let first = breakers["a"]
        for key in ["b", "c", "a", "d"] { _ = breakers[key] }
        #expect(breakers.existing("b") == nil)
        #expect(breakers["a"] === first)
        #expect(breakers.counts == .init(kept: 3, made: 4, evicted: 1, evictedBusy: 0))
    }

    @Test func openBreakerIsNotEvicted() throws {
        let states: [(String, (CircuitBreaker) throws -> Void)] = [
            ("open", open),
            ("forced open", { $0.forceOpen() }),
            ("disabled", { try $0.apply(.disable) }),
            ("half-open", { try $0.apply(.halfOpen) }),
        ]
        for (name, change) in states {
            let breakers = try breakers(1)
            let kept = breakers["kept"]
            try change(kept)
            for number in 0..<10 { _ = breakers["\(number)"] }
            #expect(breakers["kept"] === kept, "\(name)")
            #expect(breakers.counts.kept == 2)
        }
    }

    @Test func strategyWithAPinnedLimitIsNotEvicted() throws {
        let breakers = try breakers(1)
        let kept = breakers["kept"]
        try kept.failureThreshold.pin(9, by: .operator)
        _ = breakers["other"]
        #expect(breakers["kept"] === kept)
        kept.failureThreshold.release(by: .operator)
        _ = breakers["another"]
        #expect(breakers.existing("kept") == nil)
    }

    @Test func bulkheadWithCallsIsNotEvicted() async throws {
        let places = Keyed(try KeyedPolicy(capacity: 1), by: Int.self) { _ in Bulkhead() }
        let kept = places[1]
        try await places[1].call {
            _ = places[2]
            #expect(places[1] === kept)
        }
        _ = places[3]
        #expect(places.existing(1) == nil)
    }

    @Test func monitoredStrategyWithACallInFlightIsNotEvicted() throws {
        let monitored = Keyed(try KeyedPolicy(capacity: 1), by: Int.self) { _ in
            Monitored(Retry())
        }
        try monitored[1].callBlocking {
            _ = monitored[2]
            #expect(monitored.existing(1) != nil)
        }
        _ = monitored[3]
        #expect(monitored.existing(1) == nil)
    }

    @Test func capacityIsExceededOnlyWhileAllStrategiesAreBusy() throws {
        let breakers = try breakers(10, hard: 100)
        for number in 0..<50 { open(breakers["\(number)"]) }
        #expect(breakers.counts == .init(kept: 50, made: 50, evicted: 0, evictedBusy: 0))
        for number in 0..<50 { breakers["\(number)"].reset() }
        _ = breakers["new"]
        #expect(breakers.counts == .init(kept: 10, made: 51, evicted: 41, evictedBusy: 0))
    }

    @Test func hardCapacityIsNeverExceeded() throws {
        let breakers = try breakers(10, hard: 20)
        for number in 0..<500 {
            open(breakers["\(number)"])
            #expect(breakers.counts.kept <= 20)
        }
        #expect(breakers.counts.evictedBusy == 480)
        // The last used strategies are still kept, and open.
        for number in 490..<500 {
            #expect(breakers.existing("\(number)")?.snapshot.state == .open)
        }
    }

    @Test func customIdleCheckIsUsed() throws {
        let kept = Mutex<Set<Int>>([1])
        let retries = Keyed(
            try KeyedPolicy(capacity: 1), by: Int.self,
            isIdle: { retry in kept.withLock { !$0.contains(Int(retry.maxAttempts.value)) } }
        ) { Retry(maxAttempts: $0, backoff: .none) }
        _ = retries[1]
        _ = retries[2]
        #expect(retries.existing(1) != nil)
        kept.withLock { $0 = [] }
        _ = retries[3]
        #expect(retries.existing(1) == nil && retries.existing(2) == nil)
    }

    @Test func creationsAndEvictionsAreReportedInOrder() throws {
        let breakers = try breakers(1, hard: 2)
        let seen = Journal<String>()
        let observation = breakers.onEvent { event in
            switch event {
            case .made(let key, _): seen.note("made \(key)")
            case .evicted(let key, _, let wasBusy):
                seen.note("evicted \(key)" + (wasBusy ? ", busy" : ""))
            }
        }
        _ = breakers["a"]
        open(breakers["b"])
        open(breakers["c"])
        open(breakers["d"])
        #expect(
            seen.entries
                == ["made a", "evicted a", "made b", "made c", "evicted b, busy", "made d"])
        observation.cancel()
        _ = breakers["e"]
        #expect(seen.entries.count == 6)
    }

    @Test func concurrentLookupsOfANewKeyCreateOneStrategy() async throws {
        let made = Gauge()
        let retries = Keyed(by: Int.self) { _ in
            made.enter()
            return Retry()
        }
        let found = Journal<(key: Int, strategy: ObjectIdentifier)>()
        await withTaskGroup { group in
            for seed in 0..<8 {
                group.addTask {
                    let random = RandomSource.seeded(UInt64(seed))
                    for _ in 0..<500 {
                        let key = random.below(100)
                        found.note((key, ObjectIdentifier(retries[key])))
                    }
                }
            }
        }
        #expect(made.total == 100)
        let strategies = Dictionary(grouping: found.entries, by: \.key)
        #expect(strategies.values.allSatisfy { Set($0.map(\.strategy)).count == 1 })
    }

    @Test func numberOfStrategiesIsBoundedForManyKeys() async {
        let breakers = Keyed(by: String.self) { _ in CircuitBreaker() }
        await withTaskGroup { group in
            for task in 0..<4 {
                group.addTask {
                    for number in 0..<2_000 { _ = breakers["\(task) \(number)"] }
                }
            }
        }
        #expect(breakers.counts == .init(kept: 1_000, made: 8_000, evicted: 7_000, evictedBusy: 0))
    }

    @Test(
        arguments: [
            ("capacity", "1 to 1000000", 0, nil),
            ("hardCapacity", "at least capacity and at most 1000000", 10, 9),
            ("hardCapacity", "at least capacity and at most 1000000", 10, 1_000_001),
        ] as [(String, String, Int, Int?)])
    func invalidPolicyIsRefused(
        _ row: (field: String, bounds: String, capacity: Int, hard: Int?)
    ) {
        let error = #expect(throws: PolicyError.self) {
            try KeyedPolicy(capacity: row.capacity, hardCapacity: row.hard)
        }
        #expect(error?.field == "KeyedPolicy.\(row.field)")
        #expect(error?.expected == row.bounds)
    }

    @Test func hardCapacityIsTenTimesTheCapacityByDefault() throws {
        #expect(try KeyedPolicy(capacity: 5).hardCapacity == 50)
        #expect(try KeyedPolicy(capacity: 500_000).hardCapacity == 1_000_000)
        #expect(KeyedPolicy.standard == (try KeyedPolicy()))
    }
}
