/// A line of the stream: an alert rule of the hub fired or was resolved.
public struct Alert: Equatable, Sendable {
    /// A silence that covers an alert.
    public struct Silence: Equatable, Sendable {
        /// When the silence ends, in Unix milliseconds.
        public var until: Int64
        /// Why an operator asked for it.
        public var reason: String

        /// A silence.
        public init(until: Int64, reason: String) {
            self.until = until
            self.reason = reason
        }
    }

    /// The alert's identity, which stays the same until the alert is resolved.
    public var id: String
    /// The rule's name.
    public var rule: String
    /// `true` while the rule holds, even if the alert is silenced; `false` once it is resolved.
    public var firing: Bool
    /// The address that the alert is about; for an alert about a whole agent, the agent's name.
    public var about: String
    /// What the hub observed, in words.
    public var detail: String
    /// The silence that stops notifications while the rule holds; absent without one.
    public var silence: Silence?

    /// An alert.
    public init(
        id: String, rule: String, firing: Bool, about: String, detail: String,
        silence: Silence? = nil
    ) {
        self.id = id
        self.rule = rule
        self.firing = firing
        self.about = about
        self.detail = detail
        self.silence = silence
    }
}
