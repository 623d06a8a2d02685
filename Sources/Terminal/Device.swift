#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The descriptors of the terminal that somebody sits at.
struct Device {
    let input: Int32
    let output: Int32
    private let isOwned: Bool

    /// Standard input and output, or `/dev/tty` when one of them is something else.
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

    /// The bytes that wait to be read.
    var waitingBytes: Int {
        var count: Int32 = 0
        return ioctl(input, UInt(FIONREAD), &count) == 0 ? Int(count) : 0
    }
}
