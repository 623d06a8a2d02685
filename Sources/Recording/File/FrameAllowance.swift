/// What the reading of a compressed recording may cost, by how many of its bytes have been passed: so no
/// file takes longer than its length allows, whatever stands in it.
struct FrameAllowance: Equatable {
    /// Bytes that may be unpacked for each byte of the file. Recordings have about 10, and 30 by the
    /// strongest compression.
    static let ratio = 200
    /// Bytes that may be unpacked besides.
    static let unpackedAtFirst = 4 << 20
    /// Bytes that may be looked at in vain, in search of a frame's end, for each byte of the file.
    static let looks = 16
    /// Bytes that may be looked at in vain besides.
    static let lookedAtFirst = 8 << 20

    /// Bytes of the file that are behind.
    private(set) var passed = 0
    /// Bytes that came out of frames.
    private(set) var unpacked = 0
    /// Bytes that were looked at in vain.
    private(set) var looked = 0

    /// How many bytes more may come out of frames.
    var unpackable: Int { max(0, Self.unpackedAtFirst + Self.ratio * passed - unpacked) }

    /// Whether one may look further for a frame's end.
    var mayLook: Bool { looked <= Self.lookedAtFirst + Self.looks * passed }

    /// Bytes of the file are passed.
    mutating func pass(_ count: Int) { passed += count }

    /// Bytes came out of a frame.
    mutating func unpack(_ count: Int) { unpacked += count }

    /// Bytes were looked at in vain.
    mutating func look(_ count: Int) { looked += count }
}
