import NIOCore

/// Limits how fast one peer is read, with a token bucket for lines and one for bytes. A peer that
/// sends faster has to wait and delays no other. No data is dropped.
struct ReadAllowance: Equatable, Sendable {
    /// Lines per second: 250 times what an agent with 20 strategies sends.
    static let linesPerSecond = 10_000.0
    /// Bytes per second.
    static let bytesPerSecond = 4_000_000.0
    /// The size of the buckets, in seconds of the rate.
    static let burst = 0.5
    /// Bytes per read of a peer. Its lines take about a millisecond to process.
    static let turnBytes = 8 * 1_024
    /// Bytes per read of a peer over its allowance. Small, because there are many such reads and
    /// each delays the others.
    static let excessTurnBytes = 1_024

    /// Both rates as text for messages.
    static let words =
        "\(Int(linesPerSecond)) lines or \(Int(bytesPerSecond / 1_000_000)) MB a second"

    private var lines = Self.linesPerSecond * Self.burst
    private var bytes = Self.bytesPerSecond * Self.burst
    /// When the buckets were last filled, in CLOCK_MONOTONIC milliseconds.
    private var filledAt: Double
    /// When the peer exceeded its allowance; `nil` while it is within.
    private(set) var excessSince: Double?

    init(now: Double) {
        filledAt = now
    }

    /// Subtracts what was read.
    ///
    /// - Returns: the milliseconds to wait before the next read; 0 within the allowance.
    mutating func take(lines count: Int, bytes size: Int, now: Double) -> Double {
        fill(now: now)
        lines -= Double(count)
        bytes -= Double(size)
        let wait = max(-lines / Self.linesPerSecond, -bytes / Self.bytesPerSecond, 0) * 1_000
        if wait > 0 { excessSince = excessSince ?? now }
        return wait
    }

    /// Whether the peer's flood is over, which is when both buckets are full again. Returns `true`
    /// once per flood.
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
    /// Sets the bytes per read of the peer.
    func setTurn(bytes: Int) {
        let allocator = FixedSizeRecvByteBufferAllocator(capacity: bytes)
        setOption(.recvAllocator, value: allocator).whenFailure { _ in }
    }

    /// Pauses reading for a time.
    func pauseReading(milliseconds: Double) {
        setOption(.autoRead, value: false).whenComplete { _ in
            self.eventLoop.scheduleTask(in: .milliseconds(Int64(milliseconds.rounded(.up)))) {
                self.setOption(.autoRead, value: true)
            }
        }
    }
}
