/// Which of a directory's recordings are kept.
public struct Retention: Equatable, Sendable {
    /// A recording in the directory.
    public struct File: Equatable, Sendable {
        /// Its name.
        public let name: String
        /// Its size in bytes.
        public let bytes: Int64
        /// Unix milliseconds at which it was last written to.
        public let changed: Int64

        /// A recording in the directory.
        public init(name: String, bytes: Int64, changed: Int64) {
            self.name = name
            self.bytes = bytes
            self.changed = changed
        }
    }

    /// How long a recording is kept, in milliseconds.
    public var keepMS: Int64
    /// How many bytes all of them may have.
    public var maxBytes: Int64

    /// - Parameters:
    ///   - keepMS: how long a recording is kept after its last line, in milliseconds.
    ///   - maxBytes: how many bytes all of them may have; the oldest go first.
    public init(keepMS: Int64, maxBytes: Int64) {
        self.keepMS = keepMS
        self.maxBytes = maxBytes
    }

    /// With so many bytes, or after so long, another recording is begun: a twentieth of what is kept, so
    /// that little goes at a time.
    public var fileBytes: Int64 { max(1 << 20, maxBytes / 20) }

    /// The name of a recording that begins at a time.
    public static func name(year: Int, month: Int, day: Int, second: Int) -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "fusebox-\(year)\(two(month))\(two(day))T\(two(second / 3_600))"
            + "\(two(second / 60 % 60))\(two(second % 60))Z.ndjson.zst"
    }

    /// Whether a file is one of these recordings: nothing else is ever removed.
    public static func isRecording(_ name: String) -> Bool {
        guard name.hasPrefix("fusebox-"), name.hasSuffix("Z.ndjson.zst") else { return false }
        let stamp = Array(name.dropFirst(8).dropLast(12))
        return stamp.count == 15 && stamp[8] == "T"
            && stamp.enumerated().allSatisfy { $0 == 8 || $1.isASCII && $1.isNumber }
    }

    /// Those that are to be removed: what is too old, then the oldest while all are too large. The newest
    /// stays: it is being written.
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
