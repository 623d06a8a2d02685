import Fleet

/// All that one scrape shows: values of one moment, so that it can be rendered on another thread
/// while agents go on being heard.
struct MetricsSnapshot: Sendable {
    /// The agents.
    var fleet: Fleet
    /// Unix milliseconds.
    var at: Int64
    /// Which counters are shown.
    var series: SeriesBook
    /// The hub's own numbers.
    var hub: HubCounts
    /// The names of the alert rules, those included of which nothing fires.
    var rules: [String]
    /// Connections of viewers and operators.
    var watchers: Int
    /// Unix milliseconds at which the hub started.
    var startedAt: Int64
    /// The hub's version.
    var version: String
}
