import TestSupport
import Testing

@testable import Resilience

@Suite struct BoundedCacheTests {
    /// A simple model of the cache: a list in order of use.
    struct Model {
        let policy: CachePolicy
        var entries: [(key: Int, value: Int, stored: Instant)] = []

        mutating func store(_ value: Int, for key: Int, at now: Instant) {
            entries.removeAll { $0.key == key }
            if entries.count == policy.capacity { entries.removeFirst() }
            entries.append((key, value, now))
        }

        mutating func value(for key: Int, at now: Instant) -> Int? {
            guard let index = entries.firstIndex(where: { $0.key == key }) else { return nil }
            let entry = entries.remove(at: index)
            if let limit = policy.timeToLive, now - entry.stored >= limit { return nil }
            entries.append(entry)
            return entry.value
        }
    }

    @Test func leastRecentlyUsedIsDroppedAndValuesExpire() throws {
        let cases = 500
        for seed in 0..<cases {
            let random = RandomSource.seeded(UInt64(seed))
            let policy = try CachePolicy(
                capacity: 1 + random.below(6),
                timeToLive: random.below(2) == 0 ? nil : .milliseconds(1 + random.below(40)))
            var cache = BoundedCache<Int, Int>(policy)
            var model = Model(policy: policy)
            var now = Instant(nanoseconds: 0)
            for step in 0..<100 {
                now = now + .milliseconds(random.below(3))
                let key = random.below(10)
                if random.below(2) == 0 {
                    cache.store(step, for: key, at: now)
                    model.store(step, for: key, at: now)
                } else {
                    let hit = cache.value(for: key, at: now)
                    let expected = model.value(for: key, at: now)
                    #expect(hit?.value == expected)
                }
                #expect(cache.count == model.entries.count)
                #expect(cache.count <= policy.capacity)
            }
        }
        print("cache: \(cases) cases of 100 steps")
    }

    @Test func newerValueIsReplacedOnceItHasExpired() throws {
        let clock = TestClock()
        let cache = SharedCache<String, Int>(
            try CachePolicy(timeToLive: .seconds(2)), time: clock.time)
        func store(_ value: Int) { cache.store(value, for: "a") { $0 > value } }
        store(2)
        store(1)
        #expect(cache.value(for: "a")?.value == 2)
        clock.advance(by: .seconds(2))
        store(1)
        #expect(cache.value(for: "a")?.value == 1)
    }
}
