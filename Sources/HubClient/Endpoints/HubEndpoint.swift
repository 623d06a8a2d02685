import ResilienceWire
public import Sockets

/// The place of a hub: a socket directory of this machine, or a command that reaches the hub.
public enum HubEndpoint: Hashable, Sendable, CustomStringConvertible {
    /// A socket directory of this machine.
    case directory(SocketDirectory)
    /// A shell command, such as `ssh prod fusebox pipe`.
    case via(String)

    /// The path or the command, made safe to show.
    public var description: String {
        switch self {
        case .directory(let directory): SafeText.sanitise(directory.path)
        case .via(let command): SafeText.sanitise(command)
        }
    }

    /// The socket directory; `nil` for a command.
    public var directory: SocketDirectory? {
        if case .directory(let directory) = self { directory } else { nil }
    }
}
