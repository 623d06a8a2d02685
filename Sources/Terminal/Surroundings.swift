import CNCurses
public import Screen

/// What the environment says about a terminal, for those who print to it and do not take it.
public enum Surroundings {
    /// Whether the locale is UTF-8. Adopts its character set.
    public static var isUTF8: Bool { Locale.adopt().isUTF8 }

    /// The character set of the locale, in words. Adopts it.
    public static var charset: String { Locale.adopt().words }

    /// The colours that the terminal has by `TERM`; none with `NO_COLOR` or for a type that is not
    /// known.
    public static var colorDepth: ColorDepth {
        ColorDepth(colors: Locale.variable("TERM").map { Int(fuse_type_colors($0)) } ?? 0)
    }
}

extension ColorDepth {
    /// How so many colours are used; none at all with `NO_COLOR` (https://no-color.org).
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
