/// Limits the work of reading a compressed recording in proportion to the bytes read so far. A
/// hostile file cannot cost more than its length allows.
struct FrameAllowance: Equatable {
    /// The unpacked bytes allowed for each byte of the file. Recordings have about 10, or 30 with
    /// the strongest compression.
    static let ratio = 200
    /// Unpacked bytes allowed in addition.
    static let unpackedAtFirst = 4 << 20
    /// The bytes that may be searched without success for the end of a frame, for each byte of the
    /// file.
    static let looks = 16
    /// Searched bytes allowed in addition.
    static let lookedAtFirst = 8 << 20

    /// The bytes of the file that have been read.
    private(set) var passed = 0
    /// The bytes unpacked from frames.
    private(set) var unpacked = 0
    /// The bytes searched without success.
    private(set) var looked = 0

    /// The number of bytes that may still be unpacked.
    var unpackable: Int { max(0, Self.unpackedAtFirst + Self.ratio * passed - unpacked) }

    /// Whether the search for the end of a frame may continue.
    var mayLook: Bool { looked <= Self.lookedAtFirst + Self.looks * passed }

    /// Counts bytes of the file as read.
    mutating func pass(_ count: Int) { passed += count }

    /// Counts unpacked bytes.
    mutating func unpack(_ count: Int) { unpacked += count }

    /// Counts bytes searched without success.
    mutating func look(_ count: Int) { looked += count }
}
