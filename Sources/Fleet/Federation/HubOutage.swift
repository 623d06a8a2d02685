/// One of several hubs that does not answer.
public struct HubOutage: Equatable, Sendable {
    /// Why it does not.
    public enum Reason: Equatable, Sendable {
        /// The connection is lost, or was never made; in words.
        case lost(String)
        /// The connection stands, and nothing came over it for so many milliseconds.
        case silent(forMS: Int64)
    }

    /// The hub's name.
    public let name: String
    /// Why it does not answer.
    public let reason: Reason

    /// A hub that does not answer.
    public init(name: String, reason: Reason) {
        self.name = name
        self.reason = reason
    }

    /// Whether the connection stands all the same.
    public var isSilence: Bool {
        switch reason {
        case .lost: false
        case .silent: true
        }
    }

    /// The name and the reason.
    public var words: String {
        switch reason {
        case .lost(let why): "\(name): \(why)"
        case .silent(let milliseconds): "\(name): silent for \(milliseconds / 1_000) s"
        }
    }
}
