public import Fleet
package import HostSupport
public import ResilienceWire

/// A reader of one recording that can seek to any time and knows the state there.
public final class RecordingCursor {
    private let reader: RecordingReader
    /// The positions of the keyframes; `nil` if the input does not support seeking, like standard
    /// input.
    public let index: RecordingIndex?
    /// A line after the requested time that was already read.
    private var held: Line?

    /// Opens a recording and indexes its keyframes; `-` is standard input, which cannot seek.
    ///
    /// - Parameter omitsDeltas: whether to skip deltas, which is faster.
    public init(_ path: String, omitsDeltas: Bool = false) throws(RecordingReader.Failed) {
        do throws(InputFile.Refused) {
            if path != "-" { try InputFile.checkRecording(path) }
        } catch {
            throw RecordingReader.Failed(description: "cannot read \(path): \(error)")
        }
        reader = try RecordingReader(path: path, omitsDeltas: omitsDeltas)
        index = RecordingIndex(path: path)
    }

    /// Opens a recording for a command of the program.
    package static func open(
        _ path: String, omitsDeltas: Bool = false
    ) throws(Failure) -> RecordingCursor {
        do throws(RecordingReader.Failed) {
            return try RecordingCursor(path, omitsDeltas: omitsDeltas)
        } catch {
            throw Failure(.refused, error.description)
        }
    }

    /// The damage found so far.
    public var damage: RecordingDamage { reader.damage }

    /// The times of the first and the last line in Unix milliseconds.
    public var times: ClosedRange<Int64> { index?.times ?? 0...0 }

    /// The next line; `nil` at the end.
    public func next() -> Line? {
        defer { held = nil }
        return held ?? reader.next()
    }

    /// Seeks to the start.
    public func rewind() {
        held = nil
        reader.seek(to: 0)
    }

    /// Seeks to a time and returns the state there. ``next()`` continues after it.
    ///
    /// The cost is that of the lines since the latest keyframe before the time.
    ///
    /// - Parameters:
    ///   - time: Unix milliseconds. Before the first keyframe, the state is that of the first.
    ///   - passing: called with the time of each line that is applied.
    public func state(at time: Int64, passing: (Int64) -> Void = { _ in }) -> Fleet {
        held = nil
        // Without an index, the state is built from all lines.
        if let index { reader.seek(to: index.start(for: time)?.offset ?? 0) }
        var stream = StreamedFleet()
        var isEmpty = true
        while let line = reader.next() {
            // Take at least the first keyframe: nothing earlier is known. A keyframe is taken whole.
            if line.at ?? 0 > time, stream.isWhole, !isEmpty {
                held = line
                break
            }
            if stream.isWhole, let at = line.at { passing(at) }
            stream.take(line)
            if case .recording = line.message { continue }
            isEmpty = false
        }
        return stream.fleet
    }

    /// Throws ``Failure`` if a part of the recording could not be read. Call it at the end.
    package func throwIfDamaged(_ path: String) throws(Failure) {
        guard damage.isNone else { throw Failure(.damaged, "\(path): \(damage)") }
    }
}
