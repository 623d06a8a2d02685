/// An outage of one of several hubs.
public struct HubOutage: Equatable, Sendable {
    /// The reason of an outage.
    public enum Reason: Equatable, Sendable {
        /// The connection is lost or was never made, with the error as text.
        case lost(String)
        /// The connection is open, but nothing arrived for this many milliseconds.
        case silent(forMS: Int64)
    }

    /// The hub's name.
    public let name: String
    /// The reason of the outage.
    public let reason: Reason

    /// Creates an outage.
    public init(name: String, reason: Reason) {
        self.name = name
        self.reason = reason
    }

    /// Whether the connection is still open.
    public var isSilence: Bool {
        switch reason {
        case .lost: false
        case .silent: true
        }
    }

    /// The outage as text: name and reason.
    public var words: String {
        switch reason {
        case .lost(let why): "\(name): \(why)"
        case .silent(let milliseconds): "\(name): silent for \(milliseconds / 1_000) s"
        }
    }
}
