import Fleet
package import HubMetrics
import NIOCore

// What the metrics server reads of the hub.

extension Hub {
    /// The hub as a source of metrics.
    ///
    /// - Parameter version: the program's version, for `fusebox_build_info`.
    package nonisolated func metrics(version: String) -> MetricsSource {
        MetricsSource(
            connections: descriptors.scrapers,
            begin: { self.beginSeries() },
            snapshot: { self.snapshot(version: version, for: $0) },
            record: { self.recordScrape(by: $0, of: $1) })
    }

    /// Starts to record which series are new. Series that exist already are not new.
    private nonisolated func beginSeries() {
        loop.execute {
            self.assumeIsolated { hub in
                hub.metering.series = hub.metering.series ?? hub.newSeries
            }
        }
    }

    private var newSeries: SeriesBook {
        SeriesBook(intervalMS: Int64(options.scrapeInterval / .milliseconds(1)))
    }

    /// Records a scrape that shows a snapshot of an earlier time, in Unix milliseconds.
    private nonisolated func recordScrape(by scraper: String, of time: Int64) {
        loop.execute {
            self.assumeIsolated { $0.metering.series?.scrape(by: scraper, at: time, $0.fleet) }
        }
    }

    /// Records a scrape and returns a snapshot of the present state.
    ///
    /// The snapshot shares memory with the fleet until the fleet changes, so its cost does not grow
    /// with the number of strategies.
    ///
    /// - Parameter scraper: identifies the client.
    private nonisolated func snapshot(
        version: String, for scraper: String
    ) -> EventLoopFuture<MetricsSnapshot> {
        loop.submit {
            self.assumeIsolated { hub in
                var series = hub.metering.series ?? hub.newSeries
                series.scrape(by: scraper, at: hub.clock.at, hub.fleet)
                hub.metering.series = series
                return MetricsSnapshot(
                    fleet: hub.fleet, at: hub.clock.at, series: series, hub: hub.metering.counts,
                    rules: hub.alerting.evaluator.ruleNames, watchers: hub.viewers.count,
                    startedAt: hub.clock.start, version: version)
            }
        }
    }
}
