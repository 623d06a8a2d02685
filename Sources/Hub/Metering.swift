import HubMetrics

/// What the hub records for the metrics server.
struct Metering {
    var counts = HubCounts()
    /// The counters that a scrape shows. `nil` if the metrics endpoint is off.
    var series: SeriesBook?
}
