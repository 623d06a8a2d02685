#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The file descriptors of the user's terminal.
struct Device {
    let input: Int32
    let output: Int32
    private let isOwned: Bool

    /// Uses standard input and output, or opens `/dev/tty` if one of them is not a terminal.
    init() throws(TerminalError) {
        if isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 {
            (input, output, isOwned) = (STDIN_FILENO, STDOUT_FILENO, false)
            return
        }
        let descriptor = open("/dev/tty", O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw .noTerminal }
        (input, output, isOwned) = (descriptor, descriptor, true)
    }

    func close() {
        guard isOwned else { return }
        #if canImport(Darwin)
            _ = Darwin.close(input)
        #else
            _ = Glibc.close(input)
        #endif
    }

    /// The number of bytes that can be read now.
    var waitingBytes: Int {
        var count: Int32 = 0
        return ioctl(input, UInt(FIONREAD), &count) == 0 ? Int(count) : 0
    }
}
