import NIOCore

/// How much of one peer is read: a token bucket each for lines and bytes. Who sends more is read no
/// faster, so that it waits and the others do not; nothing of it is dropped here.
struct ReadAllowance: Equatable, Sendable {
    /// Lines a second, 250 times what an agent of 20 strategies sends.
    static let linesPerSecond = 10_000.0
    /// Bytes a second.
    static let bytesPerSecond = 4_000_000.0
    /// The seconds' worth that may be saved up.
    static let burst = 0.5
    /// How much is read from a peer at a time; its lines take about a millisecond.
    static let turnBytes = 8 * 1_024
    /// The same of one that sends too much: there are many turns of these, and nobody waits long.
    static let excessTurnBytes = 1_024

    /// Both, in words.
    static let words =
        "\(Int(linesPerSecond)) lines or \(Int(bytesPerSecond / 1_000_000)) MB a second"

    private var lines = Self.linesPerSecond * Self.burst
    private var bytes = Self.bytesPerSecond * Self.burst
    /// CLOCK_MONOTONIC milliseconds.
    private var filledAt: Double
    /// When it began to send too much; `nil` while it does not.
    private(set) var excessSince: Double?

    init(now: Double) {
        filledAt = now
    }

    /// Takes what was read; the milliseconds to wait before more is read, 0 where it is within.
    mutating func take(lines count: Int, bytes size: Int, now: Double) -> Double {
        fill(now: now)
        lines -= Double(count)
        bytes -= Double(size)
        let wait = max(-lines / Self.linesPerSecond, -bytes / Self.bytesPerSecond, 0) * 1_000
        if wait > 0 { excessSince = excessSince ?? now }
        return wait
    }

    /// Whether it has been within again for long enough that it is no longer said to flood.
    mutating func hasCalmed(now: Double) -> Bool {
        guard excessSince != nil else { return false }
        fill(now: now)
        guard lines >= Self.linesPerSecond * Self.burst, bytes >= Self.bytesPerSecond * Self.burst
        else { return false }
        excessSince = nil
        return true
    }

    private mutating func fill(now: Double) {
        let seconds = max(0, now - filledAt) / 1_000
        filledAt = now
        lines = min(Self.linesPerSecond * Self.burst, lines + seconds * Self.linesPerSecond)
        bytes = min(Self.bytesPerSecond * Self.burst, bytes + seconds * Self.bytesPerSecond)
    }
}

extension Channel {
    /// Sets how much is read from the peer at a time.
    func setTurn(bytes: Int) {
        let allocator = FixedSizeRecvByteBufferAllocator(capacity: bytes)
        setOption(.recvAllocator, value: allocator).whenFailure { _ in }
    }

    /// Reads nothing more for a while.
    func pauseReading(milliseconds: Double) {
        setOption(.autoRead, value: false).whenComplete { _ in
            self.eventLoop.scheduleTask(in: .milliseconds(Int64(milliseconds.rounded(.up)))) {
                self.setOption(.autoRead, value: true)
            }
        }
    }
}
