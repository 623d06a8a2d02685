package import NIOCore

/// The hub as the metrics server sees it: functions that read its state and record scrapes. Any
/// thread may call them.
package struct MetricsSource: Sendable {
    /// The most connections to the endpoint.
    let connections: Int
    /// Starts to record which series are new.
    let begin: @Sendable () -> Void
    /// Records a scrape by a client and returns a snapshot of the present state.
    let snapshot: @Sendable (_ scraper: String) -> EventLoopFuture<MetricsSnapshot>
    /// Records a scrape by a client that shows a snapshot of an earlier time, in Unix milliseconds.
    let record: @Sendable (_ scraper: String, _ time: Int64) -> Void

    package init(
        connections: Int,
        begin: @escaping @Sendable () -> Void,
        snapshot: @escaping @Sendable (_ scraper: String) -> EventLoopFuture<MetricsSnapshot>,
        record: @escaping @Sendable (_ scraper: String, _ time: Int64) -> Void
    ) {
        self.connections = connections
        self.begin = begin
        self.snapshot = snapshot
        self.record = record
    }
}
