public import Screen

/// What a terminal has to say.
public enum Event: Sendable, Hashable {
    /// A key was pressed or text was pasted.
    case key(Key)
    /// A ``Waker`` was used, once or more often.
    case wake
    /// The size changed; everything has to be drawn anew.
    case resize
    /// The program goes on after SIGTSTP, and has the terminal again; everything has to be drawn
    /// anew.
    case resumed
    /// SIGTERM, SIGHUP, SIGINT or SIGQUIT: the program is to end.
    case terminate(signal: Int32)
    /// Nobody is at the terminal any more; the program is to end.
    case terminalGone
    /// Nothing happened in the time that was given.
    case timeout
}
