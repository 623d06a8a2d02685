/// What becomes of the texts of a line when it is read.
public enum LineTexts: Equatable, Sendable, BitwiseCopyable {
    /// They stay as they were sent. For a hub and its agents, who must know each other's names by the
    /// byte.
    case asSent
    /// They are made safe to show, by ``SafeText/sanitise(_:maxBytes:)``, and cut to the protocol's
    /// limits. For everybody who shows or prints what others wrote: a hub's stream, a recording. A
    /// hub makes texts safe before it sends them, so its own come out as they are.
    case safe
}
