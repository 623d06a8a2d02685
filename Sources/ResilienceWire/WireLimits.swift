/// The protocol's limits. What is beyond them is refused on arrival, and clipped before it is sent.
public enum WireLimits {
    /// The longest line, its newline included, in bytes.
    public static let lineBytes = 65_536
    /// The longest agent, strategy, limit, error type, target or command id, in bytes.
    public static let nameBytes = 128
    /// The longest address, `AGENT@INSTANCE:STRATEGY`, in bytes.
    public static let addressBytes = nameBytes + 1 + instanceDigits + 1 + nameBytes
    /// The hexadecimal digits of an instance.
    public static let instanceDigits = 32
    /// The longest free text (`why`, `detail`, `reason`), in bytes.
    public static let textBytes = 1_024
    /// The longest message of an error, in bytes.
    public static let messageBytes = 256
    /// How deep objects and arrays may be nested, the line's own object included.
    public static let depth = 32
    /// The greatest count or duration: what a double, and so JavaScript, still holds exactly.
    public static let count: Int64 = 1 << 53 - 1
    /// The most retries, and attempts, of one call.
    public static let retries = 1_000_000
}
