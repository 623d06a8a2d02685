/// How the decoder treats the texts of a line.
public enum LineTexts: Equatable, Sendable, BitwiseCopyable {
    /// Texts stay as sent. Hubs and agents use this, because they compare names byte by byte.
    case asSent
    /// Texts are made safe to show by ``SafeText/sanitise(_:maxBytes:)`` and cut to the protocol's
    /// limits. Code that shows or prints a hub's stream or a recording uses this. A hub makes texts
    /// safe before it sends them, so its texts do not change here.
    case safe
}
