import Fleet
import NIOCore

// What a scrape shows.

extension Hub {
    /// Metrics are served from now on: what has begun before is no news.
    nonisolated func beginSeries() {
        loop.execute {
            self.assumeIsolated { hub in
                hub.series = hub.series ?? hub.newSeries
            }
        }
    }

    private var newSeries: SeriesBook {
        SeriesBook(intervalMS: Int64(options.scrapeInterval / .milliseconds(1)))
    }

    /// Somebody scrapes, and is shown what another was shown at a time.
    nonisolated func noteScrape(by scraper: String, of time: Int64) {
        loop.execute {
            self.assumeIsolated { $0.series?.scrape(by: scraper, at: time, $0.fleet) }
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
                var series = hub.series ?? hub.newSeries
                series.scrape(by: scraper, at: hub.clock.at, hub.fleet)
                hub.series = series
                return MetricsSnapshot(
                    fleet: hub.fleet, at: hub.clock.at, series: series, hub: hub.counts,
                    rules: hub.alertEvaluator.ruleNames, watchers: hub.watchers.count,
                    startedAt: hub.clock.start, version: version)
            }
        }
    }
}
