package import Fleet
import Foundation
package import HostSupport
package import ResilienceWire

/// A reader of one recording that can seek to any time.
package final class RecordingCursor {
    private let reader: RecordingReader
    /// The positions of the keyframes; `nil` if the input does not support seeking, like standard
    /// input.
    package let index: RecordingIndex?
    /// A line after the requested time that was already read.
    private var held: Line?

    /// - Parameter omitsDeltas: whether to skip deltas, which is faster.
    /// - Throws: ``Failure`` if the file is not a recording.
    package init(_ path: String, omitsDeltas: Bool = false) throws(Failure) {
        do throws(InputFile.Refused) {
            if path != "-" { try InputFile.checkRecording(path) }
        } catch {
            throw Failure(.refused, "cannot read \(path): \(error)")
        }
        do throws(RecordingReader.Failed) {
            reader = try RecordingReader(path: path, omitsDeltas: omitsDeltas)
        } catch {
            throw Failure(.refused, error.description)
        }
        index = RecordingIndex(path: path)
    }

    /// The damage found so far.
    package var damage: RecordingDamage { reader.damage }

    /// The times of the first and the last line in Unix milliseconds.
    package var times: ClosedRange<Int64> { index?.times ?? 0...0 }

    /// The next line; `nil` at the end.
    package func next() -> Line? {
        defer { held = nil }
        return held ?? reader.next()
    }

    /// Seeks to the start.
    package func rewind() {
        held = nil
        reader.seek(to: 0)
    }

    /// Seeks to a time and returns the state there. ``next()`` continues after it.
    ///
    /// - Parameter passing: called with the time of each line that is applied.
    package func state(at time: Int64, passing: (Int64) -> Void = { _ in }) -> Fleet {
        held = nil
        // Without an index, the state is built from all lines.
        if let index { reader.seek(to: index.start(for: time)?.offset ?? 0) }
        var fleet = Fleet()
        while let line = reader.next() {
            // Apply at least the first keyframe: nothing earlier is known.
            if line.at ?? 0 > time, fleet.at != 0 {
                held = line
                break
            }
            fleet.apply(line)
            if let at = line.at { passing(at) }
            if case .keyframe = line.message { finishKeyframe(of: &fleet) }
        }
        return fleet
    }

    private func finishKeyframe(of fleet: inout Fleet) {
        while let line = reader.next() {
            fleet.apply(line)
            if line.message == .keyframeEnd { return }
        }
    }

    /// Throws ``Failure`` if a part of the recording could not be read. Call it at the end.
    package func throwIfDamaged(_ path: String) throws(Failure) {
        guard damage.isNone else { throw Failure(.damaged, "\(path): \(damage)") }
    }
}
