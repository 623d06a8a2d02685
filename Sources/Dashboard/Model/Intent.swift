/// What a key, or a command's word, does on the main screen and on the pages over it.
enum Intent: Equatable, Sendable {
    case move(Movement)
    case fold, unfold, nextPane, enter, back
    case filter, sort, reverse, group, nextProblem, errors
    /// The row of the transition before, or after.
    case earlier, later
    /// To the command or the alert of a recording before, or after.
    case earlierCommand, laterCommand, earlierAlert, laterAlert
    case copyAddress, copyRow, command
    case pause, step, stepBack, slower, faster
    /// To a place of the seek bar, which the key tells.
    case seek
    case open, reset, probe, limits
    case help, quit
}

/// A way through lines.
enum Movement: Equatable, Sendable {
    case up, down, pageUp, pageDown, first, last

    /// The line to which it leads.
    ///
    /// - Parameters:
    ///   - page: the lines of a page.
    ///   - last: the last line; before the first where there is none.
    func target(from line: Int, page: Int, last: Int) -> Int {
        let wanted =
            switch self {
            case .up: line - 1
            case .down: line + 1
            case .pageUp: line - page
            case .pageDown: line + page
            case .first: 0
            case .last: last
            }
        return max(0, min(wanted, last))
    }
}
