import Glibc

/// The result of `lstat` for a path. Links are not followed.
struct FileStatus {
    enum Kind: Equatable {
        case directory, socket, link, file

        var words: String {
            switch self {
            case .directory: "a directory"
            case .socket: "a socket"
            case .link: "a symbolic link"
            case .file: "a file"
            }
        }
    }

    let kind: Kind
    let owner: UInt32
    let group: UInt32
    let mode: mode_t

    /// Reads the status of a path. `nil`, with `errno` set, if it cannot be read.
    init?(of path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFDIR: .directory
            case S_IFSOCK: .socket
            case S_IFLNK: .link
            default: .file
            }
        owner = status.st_uid
        group = status.st_gid
        mode = status.st_mode
    }
}
