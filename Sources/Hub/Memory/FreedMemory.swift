/// Decides when the allocator is asked to return memory to the system, from the bytes that the hub
/// has freed.
struct FreedMemory {
    /// The freed bytes from which memory is returned at once.
    static let trimBytes = 8 << 20

    /// Bytes that the hub has freed but that `malloc` has not yet returned to the system.
    private var bytes = 0
    /// The value of ``bytes`` at the last check.
    private var bytesBefore = 0
    /// The bytes in use at the last check.
    private var used = 0

    /// Records freed bytes.
    mutating func add(_ freed: Int) { bytes += freed }

    /// Checks, once a second, whether freed memory should be returned now. A smaller amount than
    /// ``trimBytes`` is returned once no more memory is freed.
    ///
    /// - Parameter used: the bytes in use. If they are fewer than at the last check, the difference
    ///   counts as freed.
    mutating func shouldTrim(used: Int) -> Bool {
        bytes += max(0, self.used - used)
        self.used = used
        let isOver = bytes == bytesBefore && bytes >= Self.trimBytes / 8
        bytesBefore = bytes
        guard bytes >= Self.trimBytes || isOver else { return false }
        (bytes, bytesBefore) = (0, 0)
        return true
    }
}
