import Fleet
import NIOCore

// What a scrape shows.

extension Hub {
    /// What is known at the moment. Values are shared with the fleet until that changes, so it takes
    /// no longer with more strategies.
    nonisolated func metrics(version: String) -> EventLoopFuture<MetricsSnapshot> {
        loop.submit {
            self.assumeIsolated { hub in
                MetricsSnapshot(
                    fleet: hub.fleet, at: hub.clock.at, hub: hub.counts,
                    rules: hub.alertBook.ruleNames, watchers: hub.watchers.count,
                    startedAt: hub.clock.start, version: version)
            }
        }
    }
}
