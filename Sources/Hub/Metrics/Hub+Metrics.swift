import Fleet
import NIOCore

// The hub's answers to the metrics server.

extension Hub {
    /// Starts to record which series are new. Series that exist already are not new.
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

    /// Records a scrape that shows a snapshot of an earlier time, in Unix milliseconds.
    nonisolated func noteScrape(by scraper: String, of time: Int64) {
        loop.execute {
            self.assumeIsolated { $0.series?.scrape(by: scraper, at: time, $0.fleet) }
        }
    }

    /// Records a scrape and returns a snapshot of the present state.
    ///
    /// The snapshot shares memory with the fleet until the fleet changes, so its cost does not grow
    /// with the number of strategies.
    ///
    /// - Parameter scraper: identifies the client.
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
