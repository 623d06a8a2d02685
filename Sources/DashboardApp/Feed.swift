package import Dashboard
package import ResilienceWire

/// Where a dashboard's lines come from and its commands go: a hub, or a recording.
package protocol Feed: Sendable {
    /// Begins to post events.
    func start(_ mailbox: Mailbox)
    /// Ends.
    func stop()
    /// The time to show, in Unix milliseconds; `nil` before anything came.
    var time: Int64? { get }
    /// Connects to the hub anew, for a reason in words.
    func reconnect(_ why: String)
    /// Passes an operator's command on.
    func send(_ command: Command)
    /// Figures are looked at, or not for now: then events alone are needed.
    func follow(figures: Bool)
    /// Ends the replay of the past.
    func returnToPresent()
    /// Moves a replay; of what is live, that of the past, which begins with it.
    func control(_ control: ReplayControl)
}
