import ResilienceWire
public import Sockets

/// Where a hub is: in a socket directory of this machine, or behind a command that reaches it.
public enum HubEndpoint: Hashable, Sendable, CustomStringConvertible {
    /// A directory of this machine.
    case directory(SocketDirectory)
    /// A command for the shell, such as `ssh prod fusebox pipe`.
    case via(String)

    /// The path or the command, safe to show.
    public var description: String {
        switch self {
        case .directory(let directory): SafeText.sanitise(directory.path)
        case .via(let command): SafeText.sanitise(command)
        }
    }

    /// The directory, where it is one of this machine.
    public var directory: SocketDirectory? {
        if case .directory(let directory) = self { directory } else { nil }
    }
}
