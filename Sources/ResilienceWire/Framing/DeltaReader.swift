/// Reads `delta` lines of agents into one delta whose storage it reuses: nearly every line of an
/// agent is a delta, and most of them need no allocation.
package struct DeltaReader {
    /// The length of the longest line that is read, in bytes.
    package static let lineBytes = 8_192

    /// The last delta. Empty before the first.
    package var delta = Delta(strategy: "", sequence: 0, spanMS: 0, counters: Counters())

    /// Creates a reader.
    package init() {}

    /// Reads a line, given without its newline.
    ///
    /// - Parameter expected: the strategy's probable name; it costs least to read.
    /// - Returns: `false` for lines of other types, long lines, lines with texts that may be unsafe
    ///   to show, and lines with errors. The caller then decodes the line as an ``AgentMessage``.
    package mutating func read(_ line: Span<UInt8>, expecting expected: String) -> Bool {
        guard line.count <= Self.lineBytes else { return false }
        var scanner = JSONScanner(line)
        var head = LineHead()
        do throws(WireError) {
            try scanner.beginObject()
            guard try scanner.nextKey() == "t", try scanner.lineType().key == "delta" else {
                return false
            }
            try delta.read(&scanner, &head, sequences: 1..., expecting: expected)
            try scanner.expectEnd()
            try head.checkSource()
        } catch {
            return false
        }
        return scanner.isPlain && !head.isRetyped
    }
}
