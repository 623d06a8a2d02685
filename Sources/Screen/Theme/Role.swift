/// The meaning of a piece of the screen. A theme gives each role its look. Drawing code uses roles
/// and never colours.
public enum Role: String, Sendable, Hashable, CaseIterable {
    /// Ordinary text.
    case text
    /// Text of less importance: units, hints, values that do not matter at present.
    case muted
    /// Lines around panes.
    case border
    /// The frame of the pane that has the keyboard focus.
    case focus
    /// The selected row.
    case selection
    /// Titles of panes and columns.
    case title
    /// The name of a key in a hint.
    case key
    /// Something that went well.
    case ok
    /// Something that needs attention.
    case warn
    /// Something that failed.
    case error
    /// Neutral information.
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
    /// A value that is no longer updated.
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
