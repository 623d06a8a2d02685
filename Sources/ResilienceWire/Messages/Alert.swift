/// In the stream: a rule of the hub fired or was resolved.
public struct Alert: Equatable, Sendable {
    /// A silence that covers an alert.
    public struct Silence: Equatable, Sendable {
        /// Unix milliseconds at which it is over.
        public var until: Int64
        /// Why it was asked for.
        public var reason: String

        /// A silence.
        public init(until: Int64, reason: String) {
            self.until = until
            self.reason = reason
        }
    }

    /// The alert's identity: the same until it is resolved.
    public var id: String
    /// The rule's name.
    public var rule: String
    /// `true` while it holds, also where it is silenced; `false` once it is resolved.
    public var firing: Bool
    /// The address it is about; of an agent as such its name.
    public var about: String
    /// What was seen, in words.
    public var detail: String
    /// Why nobody is called although it holds.
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
