public import Screen

/// An event that the terminal reports.
public enum Event: Sendable, Hashable {
    /// The user pressed a key or pasted text.
    case key(Key)
    /// A ``Waker`` was used, once or several times.
    case wake
    /// The size changed. The program must draw the whole screen again.
    case resize
    /// The program continues after SIGTSTP and has the terminal again. The program must draw the
    /// whole screen again.
    case resumed
    /// SIGTERM, SIGHUP, SIGINT or SIGQUIT arrived. The program must end.
    case terminate(signal: Int32)
    /// The terminal was closed. The program must end.
    case terminalGone
    /// Nothing happened within the timeout.
    case timeout
}
