import Glibc
import ResilienceWire

/// Standard error, and whether a person sits at the program. What is printed goes to ``StandardOutput``.
package enum Console {
    /// Says something on standard error. It may have lines; nothing else in it steers a terminal.
    package static func error(_ text: String) {
        write("fusebox: " + SafeText.sanitiseLines(text) + "\n")
    }

    /// Shows the text of a wrong command line, which begins with its own word for it.
    package static func usage(_ text: String) {
        write(SafeText.sanitiseLines(text) + "\n")
    }

    /// Shows a text in the line of the terminal at which standard error is, in place of the last one.
    package static func show(_ text: String) {
        write("\r\u{1B}[K" + SafeText.sanitise(text))
    }

    /// Whether there is a screen to draw on and a keyboard to read: standard output is a terminal,
    /// and standard input is one too or the program has a terminal besides.
    package static var hasScreen: Bool {
        guard isatty(1) == 1 else { return false }
        if isatty(0) == 1 { return true }
        let terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard terminal >= 0 else { return false }
        close(terminal)
        return true
    }

    /// Opens those of the three standard descriptors that are closed, so that no socket gets the
    /// number of one and is written to as if it were. What is printed into a closed one is an error.
    package static func openStandardDescriptors() {
        for descriptor in Int32(0)...2 where fcntl(descriptor, F_GETFD) < 0 {
            _ = open("/dev/null", descriptor == 1 ? O_RDONLY : O_RDWR)
        }
    }

    /// Asks a yes-or-no question; `nil` where nobody is there to answer.
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
            // Its loss can be told to nobody.
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}
