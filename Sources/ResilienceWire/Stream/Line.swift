/// A line of the hub's stream or of a recording: a message, its time, and the instance that it comes
/// from or is about.
public struct Line: Equatable, Sendable {
    /// Unix milliseconds at which the hub received or made the message; `nil` if the line has none.
    public var at: Int64?
    /// The instance that the message comes from or is about; `nil` on the hub's own lines.
    public var source: InstanceID?
    /// The message.
    public var message: StreamMessage

    /// Creates a line.
    public init(at: Int64? = nil, source: InstanceID? = nil, _ message: StreamMessage) {
        self.at = at
        self.source = source
        self.message = message
    }
}
