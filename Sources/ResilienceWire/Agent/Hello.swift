/// The first line of an agent, which identifies its process.
public struct Hello: Equatable, Sendable {
    /// The protocol's version, 1.
    public var version: Int
    /// The agent's name and this process's instance.
    public var id: InstanceID
    /// The process id, 0 to 2^31 - 1.
    public var pid: Int
    /// The client library and its version, such as `fusebox-swift/0.1`; 0 to 128 bytes.
    public var client: String
    /// The interval at which the agent intends to send deltas, in milliseconds, 1 to 3,600,000.
    public var intervalMS: Int

    /// Introduces an agent's process.
    public init(
        version: Int = 1, id: InstanceID, pid: Int, client: String, intervalMS: Int = 500
    ) {
        self.version = version
        self.id = id
        self.pid = pid
        self.client = client
        self.intervalMS = intervalMS
    }
}
