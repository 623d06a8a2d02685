import Glibc
import ResilienceWire

/// Standard output and error, and whether a person reads them.
enum Console {
    /// Prints a line; whether somebody still reads.
    @discardableResult
    static func print(_ text: String) -> Bool {
        write(Array((text + "\n").utf8)[...], to: 1)
    }

    static func print(_ bytes: [UInt8]) {
        write(bytes[...], to: 1)
    }

    /// Says something on standard error. It may have lines; nothing else in it steers a terminal.
    static func error(_ text: String) {
        write("fusebox: " + SafeText.sanitiseLines(text) + "\n", to: 2)
    }

    /// Shows a text in the line of the terminal at which standard error is, in place of the last one.
    static func show(_ text: String) {
        write("\r\u{1B}[K" + SafeText.sanitise(text), to: 2)
    }

    /// Whether there is a screen to draw on and a keyboard to read: standard output is a terminal,
    /// and standard input is one too or the program has a terminal besides.
    static var hasScreen: Bool {
        guard isatty(1) == 1 else { return false }
        if isatty(0) == 1 { return true }
        let terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard terminal >= 0 else { return false }
        close(terminal)
        return true
    }

    /// Opens those of the three standard descriptors that are closed, so that no socket gets the
    /// number of one and is written to as if it were.
    static func openStandardDescriptors() {
        for descriptor in Int32(0)...2 where fcntl(descriptor, F_GETFD) < 0 {
            _ = open("/dev/null", O_RDWR)
        }
    }

    /// Asks a yes-or-no question; `nil` where nobody is there to answer.
    static func ask(_ question: String) -> Bool? {
        guard isatty(0) == 1 else { return nil }
        write(question + " [y/N] ", to: 2)
        let answer = readLine()?.lowercased()
        return answer == "y" || answer == "yes"
    }

    private static func write(_ text: String, to descriptor: Int32) {
        write(Array(text.utf8)[...], to: descriptor)
    }

    @discardableResult
    private static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Bool {
        var bytes = bytes
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            // A reader that went away ends the writing, not the program.
            guard count > 0 else { return false }
            bytes = bytes.dropFirst(count)
        }
        return true
    }
}
