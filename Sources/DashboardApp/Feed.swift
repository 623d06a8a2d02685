package import Dashboard
package import ResilienceWire

/// The source of a dashboard's lines and the destination of its commands: a hub, or a recording.
package protocol Feed: Sendable {
    /// Starts to post events to the mailbox.
    func start(_ mailbox: Mailbox)
    /// Stops, and posts no further events.
    func stop()
    /// The time to show, in Unix milliseconds; `nil` before the first line.
    var time: Int64? { get }
    /// Reconnects to the hub. The reason is shown to the operator.
    func reconnect(_ why: String)
    /// Sends an operator's command.
    func send(_ command: OperatorCommand)
    /// Sets whether the stream has `delta` and `call` lines, or events only.
    func follow(figures: Bool)
    /// Ends the replay of the rewind buffer.
    func returnToPresent()
    /// Controls the replay. A live feed starts to replay its rewind buffer at the first call.
    func control(_ control: ReplayControl)
}
