/// What a dashboard is started with, and whether it may act.
struct Session: Sendable {
    let mode: State.Mode
    let host: String
    /// Whether the hub accepts commands from this dashboard.
    let isOperator: Bool
    /// The socket that agents connect to.
    let socketPath: String
    /// The names of themes, for completion on the command line.
    let themes: [String]
    let runbooks: [Runbook]
    /// Whether a live dashboard can go back in time.
    let keepsPast: Bool
    /// Makes an id for a command; a new one each time.
    let makeID: @Sendable () -> String
    /// Whether a typed text is a valid time of a recording.
    let isTime: @Sendable (String) -> Bool
    /// Whether actions were locked with `:lock`.
    var isLocked = false

    /// Whether actions on agents are available.
    var mayControl: Bool { isOperator && !isLocked }
}
