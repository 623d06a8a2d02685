/// What a piece of the screen means. A theme gives each role its look; code that draws never names
/// a colour.
public enum Role: String, Sendable, Hashable, CaseIterable {
    /// Ordinary text.
    case text
    /// Text of less interest: units, hints, values that do not matter now.
    case muted
    /// Lines around panes.
    case border
    /// The frame of the pane that has the keyboard.
    case focus
    /// The selected row.
    case selection
    /// Titles of panes and columns.
    case title
    /// The name of a key in a hint.
    case key
    /// Something that went well.
    case ok
    /// Something to look at.
    case warn
    /// Something that failed.
    case error
    /// Neutral news.
    case info
    /// A closed breaker: calls pass.
    case closed
    /// A half-open breaker: probes pass.
    case halfOpen = "half_open"
    /// An open breaker: calls are rejected.
    case open
    /// A breaker that an operator holds open.
    case forced
    /// A breaker that an operator switched off.
    case disabled
    /// A value that is no longer fed.
    case stale
    /// The first series of a chart.
    case series1
    /// The second series of a chart.
    case series2
    /// The third series of a chart.
    case series3
    /// The fourth series of a chart.
    case series4
    /// The fifth series of a chart.
    case series5
    /// The sixth series of a chart.
    case series6
}
