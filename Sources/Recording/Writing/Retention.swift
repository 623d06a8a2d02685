/// The rule that decides which recordings of a directory are kept.
public struct Retention: Equatable, Sendable {
    /// A recording in the directory.
    public struct File: Equatable, Sendable {
        /// The file name.
        public let name: String
        /// The size in bytes.
        public let bytes: Int64
        /// The time of the last write in Unix milliseconds.
        public let changed: Int64

        /// A recording in the directory.
        public init(name: String, bytes: Int64, changed: Int64) {
            self.name = name
            self.bytes = bytes
            self.changed = changed
        }
    }

    /// The time for which a recording is kept after its last write, in milliseconds.
    public var keepMS: Int64
    /// The maximum total size in bytes.
    public var maxBytes: Int64

    /// - Parameters:
    ///   - keepMS: the time for which a recording is kept after its last write, in milliseconds.
    ///   - maxBytes: the maximum total size in bytes; the oldest recordings are removed first.
    public init(keepMS: Int64, maxBytes: Int64) {
        self.keepMS = keepMS
        self.maxBytes = maxBytes
    }

    /// The size in bytes at which a new recording starts: a twentieth of the total, so that each
    /// removal drops only a small part.
    public var fileBytes: Int64 { max(1 << 20, maxBytes / 20) }

    /// The name of a recording that starts at a time.
    public static func name(year: Int, month: Int, day: Int, second: Int) -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "fusebox-\(year)\(two(month))\(two(day))T\(two(second / 3_600))"
            + "\(two(second / 60 % 60))\(two(second % 60))Z.ndjson.zst"
    }

    /// Whether a file name has the form that ``name(year:month:day:second:)`` makes. Other files
    /// are never removed.
    public static func isRecording(_ name: String) -> Bool {
        guard name.hasPrefix("fusebox-"), name.hasSuffix("Z.ndjson.zst") else { return false }
        let stamp = Array(name.dropFirst(8).dropLast(12))
        return stamp.count == 15 && stamp[8] == "T"
            && stamp.enumerated().allSatisfy { $0 == 8 || $1.isASCII && $1.isNumber }
    }

    /// The names of the recordings to remove: those that are too old, and the oldest while the
    /// total is too large. The newest is never removed, because it is being written.
    public func outdated(_ files: [File], now: Int64) -> [String] {
        let recordings = files.filter { Self.isRecording($0.name) }.sorted { $0.name < $1.name }
        var sum = recordings.reduce(0) { $0 + $1.bytes }
        var removed: [String] = []
        for file in recordings.dropLast() where now - file.changed > keepMS || sum > maxBytes {
            removed.append(file.name)
            sum -= file.bytes
        }
        return removed
    }
}
