import Fleet
import NIOCore

// What a scrape shows.

extension Hub {
    /// Somebody scrapes, and is shown what another was shown at a time.
    nonisolated func noteScrape(by scraper: String, of time: Int64) {
        loop.execute {
            self.assumeIsolated { $0.series.scrape(by: scraper, at: time, $0.fleet) }
        }
    }

    /// What is known at the moment. Values are shared with the fleet until that changes, so it takes
    /// no longer with more strategies.
    ///
    /// - Parameter scraper: who asks.
    nonisolated func metrics(
        version: String, for scraper: String
    ) -> EventLoopFuture<MetricsSnapshot> {
        loop.submit {
            self.assumeIsolated { hub in
                hub.series.scrape(by: scraper, at: hub.clock.at, hub.fleet)
                return MetricsSnapshot(
                    fleet: hub.fleet, at: hub.clock.at, series: hub.series, hub: hub.counts,
                    rules: hub.alertBook.ruleNames, watchers: hub.watchers.count,
                    startedAt: hub.clock.start, version: version)
            }
        }
    }
}
