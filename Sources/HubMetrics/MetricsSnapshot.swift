package import Fleet

/// All data of one scrape at one moment. It is a value, so another thread can render it while the
/// hub continues.
package struct MetricsSnapshot: Sendable {
    /// The state of all agents.
    var fleet: Fleet
    /// The time of the snapshot in Unix milliseconds.
    var at: Int64
    /// Which counters to show.
    var series: SeriesBook
    /// The hub's own counters.
    var hub: HubCounts
    /// The names of all alert rules, including those that do not fire.
    var rules: [String]
    /// The number of connected viewers and operators.
    var watchers: Int
    /// When the hub started, in Unix milliseconds.
    var startedAt: Int64
    /// The hub's version.
    var version: String

    package init(
        fleet: Fleet, at: Int64, series: SeriesBook, hub: HubCounts, rules: [String],
        watchers: Int, startedAt: Int64, version: String
    ) {
        self.fleet = fleet
        self.at = at
        self.series = series
        self.hub = hub
        self.rules = rules
        self.watchers = watchers
        self.startedAt = startedAt
        self.version = version
    }
}
