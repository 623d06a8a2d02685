import CNCurses
public import Screen

/// Properties of the terminal environment, for code that prints to a terminal without taking it
/// over.
public enum Surroundings {
    /// Whether the locale is UTF-8. Reading this sets the process's character set.
    public static var isUTF8: Bool { Locale.adopt().isUTF8 }

    /// The character set of the locale, in words. Reading this sets the process's character set.
    public static var charset: String { Locale.adopt().words }

    /// The colours of the terminal by `TERM`; none with `NO_COLOR` or an unknown terminal type.
    public static var colorDepth: ColorDepth {
        ColorDepth(colors: Locale.variable("TERM").map { Int(fuse_type_colors($0)) } ?? 0)
    }
}

extension ColorDepth {
    /// Creates a depth from the terminal's number of colours; no colours with `NO_COLOR`
    /// (https://no-color.org).
    init(colors: Int) {
        self =
            switch colors {
            case _ where Locale.variable("NO_COLOR") != nil: .none
            case 256...: .palette256
            case 16...: .sixteen
            case 8...: .eight
            default: .none
            }
    }
}
