/// The protocol's limits. The decoder refuses values beyond them; the encoder clips them.
public enum WireLimits {
    /// The longest line, its newline included, in bytes.
    public static let lineBytes = 65_536
    /// The longest agent, strategy, limit, error type, target or command id, in bytes.
    public static let nameBytes = 128
    /// The longest address, `AGENT@INSTANCE:STRATEGY`, in bytes.
    public static let addressBytes = nameBytes + 1 + instanceDigits + 1 + nameBytes
    /// The number of hexadecimal digits of an instance.
    public static let instanceDigits = 32
    /// The longest free text (`why`, `detail`, `reason`), in bytes.
    public static let textBytes = 1_024
    /// The longest message of an error, in bytes.
    public static let messageBytes = 256
    /// The maximum nesting of objects and arrays, including the line's own object.
    public static let depth = 32
    /// The greatest count or duration: the range in which doubles, and so JavaScript, represent
    /// every integer exactly.
    public static let count: Int64 = 1 << 53 - 1
    /// The maximum number of retries, and of attempts, of one call.
    public static let retries = 1_000_000
}
