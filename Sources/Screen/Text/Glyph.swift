/// A drawing character with a name. A theme may replace each glyph by another one-column character.
public enum Glyph: String, Sendable, Hashable, CaseIterable {
    // The states of a breaker.
    case closed, open, forced, disabled, stale
    case halfOpen = "half_open"

    // Marks.
    case cursor, warning, separator, dot, ellipsis, times, done, failed, pending, recording, play
    case pause, enter, folded, unfolded
    case rejected
    case noData = "no_data"
    case arrowUp = "arrow_up"
    case arrowDown = "arrow_down"
    case arrowLeft = "arrow_left"
    case arrowRight = "arrow_right"
    case sortUp = "sort_up"
    case sortDown = "sort_down"

    // Lines.
    case horizontal, vertical, cross
    case cornerTopLeft = "corner_top_left"
    case cornerTopRight = "corner_top_right"
    case cornerBottomLeft = "corner_bottom_left"
    case cornerBottomRight = "corner_bottom_right"
    case teeUp = "tee_up"
    case teeDown = "tee_down"
    case teeLeft = "tee_left"
    case teeRight = "tee_right"

    // Bars: the filled part of a cell from the left, in eighths.
    case bar1, bar2, bar3, bar4, bar5, bar6, bar7, bar8

    // Trends: the filled part of a cell from the bottom, in eighths.
    case level1, level2, level3, level4, level5, level6, level7, level8

    /// The bar glyphs from one eighth to the whole cell.
    static let bars: [Glyph] = [.bar1, .bar2, .bar3, .bar4, .bar5, .bar6, .bar7, .bar8]
    /// The trend glyphs from the lowest to the highest.
    public static let levels: [Glyph] = [
        .level1, .level2, .level3, .level4, .level5, .level6, .level7, .level8,
    ]

    /// The Unicode character, and the character for terminals that show only ASCII.
    var characters: (unicode: Character, ascii: Character) {
        switch self {
        case .closed: ("●", "o")
        case .open: ("○", "X")
        case .halfOpen: ("◐", "~")
        case .forced: ("⊘", "!")
        case .disabled: ("◌", "-")
        case .stale: ("◇", "?")
        case .cursor: (">", ">")
        case .warning: ("▲", "!")
        case .separator: ("│", "|")
        case .dot: ("·", "-")
        case .ellipsis: ("…", "~")
        case .times: ("×", "x")
        case .done: ("✓", "+")
        case .failed: ("✗", "x")
        case .pending: ("∙", ".")
        case .recording: ("●", "*")
        case .play: ("▸", ">")
        case .pause: ("‖", "=")
        case .enter: ("⏎", "^")
        case .folded: ("▸", "+")
        case .unfolded: ("▾", "-")
        case .rejected: ("x", "x")
        case .noData: ("·", ".")
        case .arrowUp: ("↑", "^")
        case .arrowDown: ("↓", "v")
        case .arrowLeft: ("←", "<")
        case .arrowRight: ("→", ">")
        case .sortUp: ("▴", "^")
        case .sortDown: ("▾", "v")
        case .horizontal: ("─", "-")
        case .vertical: ("│", "|")
        case .cross: ("┼", "+")
        case .cornerTopLeft: ("┌", "+")
        case .cornerTopRight: ("┐", "+")
        case .cornerBottomLeft: ("└", "+")
        case .cornerBottomRight: ("┘", "+")
        case .teeUp: ("┴", "+")
        case .teeDown: ("┬", "+")
        case .teeLeft: ("┤", "+")
        case .teeRight: ("├", "+")
        case .bar1: ("▏", "-")
        case .bar2: ("▎", "-")
        case .bar3: ("▍", "-")
        case .bar4: ("▌", "=")
        case .bar5: ("▋", "=")
        case .bar6: ("▊", "=")
        case .bar7: ("▉", "=")
        case .bar8: ("█", "#")
        case .level1: ("▁", "_")
        case .level2: ("▂", ",")
        case .level3: ("▃", "-")
        case .level4: ("▄", ":")
        case .level5: ("▅", "=")
        case .level6: ("▆", "+")
        case .level7: ("▇", "*")
        case .level8: ("█", "#")
        }
    }
}
