/// The meaning of a key or a command word on the main screen and its pages.
enum Intent: Equatable, Sendable {
    case move(Movement)
    case fold, unfold, nextPane, enter, back
    case filter, sort, reverse, group, nextProblem, errors
    /// Go to the row of the previous or the next transition.
    case earlier, later
    /// Go to the previous or next command or alert of a recording.
    case earlierCommand, laterCommand, earlierAlert, laterAlert
    case copyAddress, copyRow, command
    case pause, step, stepBack, slower, faster
    /// Go to the position of the seek bar that the digit key gives.
    case seek
    case open, reset, probe, limits
    case help, quit
}

/// A movement through a list of lines.
enum Movement: Equatable, Sendable {
    case up, down, pageUp, pageDown, first, last

    /// The line that the movement leads to.
    ///
    /// - Parameters:
    ///   - page: the number of lines on a page.
    ///   - last: the index of the last line; -1 if there are no lines.
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
