import Glibc
import ResilienceWire

/// Writes to standard error and asks the user questions. For standard output see
/// ``StandardOutput``.
package enum Console {
    /// Writes a message to standard error. Keeps line breaks, and makes other control characters
    /// safe.
    package static func error(_ text: String) {
        write("fusebox: " + SafeText.sanitiseLines(text) + "\n")
    }

    /// Shows the message for a wrong command line, which has its own prefix.
    package static func usage(_ text: String) {
        write(SafeText.sanitiseLines(text) + "\n")
    }

    /// Replaces the present line of the terminal on standard error with a text.
    package static func show(_ text: String) {
        write("\r\u{1B}[K" + SafeText.sanitise(text))
    }

    /// Whether there is a screen and a keyboard: standard output is a terminal, and so is standard
    /// input or `/dev/tty`.
    package static var hasScreen: Bool {
        guard isatty(1) == 1 else { return false }
        if isatty(0) == 1 { return true }
        let terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard terminal >= 0 else { return false }
        close(terminal)
        return true
    }

    /// Opens those of the three standard descriptors that are closed. Otherwise a socket could get
    /// such a number and receive output. Standard output is opened so that writing to it fails.
    package static func openStandardDescriptors() {
        for descriptor in Int32(0)...2 where fcntl(descriptor, F_GETFD) < 0 {
            _ = open("/dev/null", descriptor == 1 ? O_RDONLY : O_RDWR)
        }
    }

    /// Asks a yes-or-no question. `nil` if standard input is not a terminal.
    package static func ask(_ question: String) -> Bool? {
        guard isatty(0) == 1 else { return nil }
        write(question + " [y/N] ")
        let answer = readLine()?.lowercased()
        return answer == "y" || answer == "yes"
    }

    private static func write(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes {
                Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            // There is no other place to report this error.
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}
