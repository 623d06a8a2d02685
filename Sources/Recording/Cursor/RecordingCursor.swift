package import Fleet
import Foundation
package import HostSupport
package import ResilienceWire

/// A recording that is read, from any time on.
package final class RecordingCursor {
    private let reader: RecordingReader
    /// Where its keyframes are; `nil` of what cannot be moved in, as standard input.
    package let index: RecordingIndex?
    /// A line that was read, and is past the time that was asked for.
    private var held: Line?

    /// - Parameter omitsDeltas: whether figures are passed over, which is faster.
    /// - Throws: ``Failure`` where it is no recording.
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

    /// What could not be read so far.
    package var damage: RecordingDamage { reader.damage }

    /// When it begins and ends.
    package var times: ClosedRange<Int64> { index?.times ?? 0...0 }

    /// The next line; `nil` at the end.
    package func next() -> Line? {
        defer { held = nil }
        return held ?? reader.next()
    }

    /// Goes back to the beginning.
    package func rewind() {
        held = nil
        reader.seek(to: 0)
    }

    /// The state at a time, after which ``next()`` goes on.
    ///
    /// - Parameter passing: called with the time of each line on the way there.
    package func state(at time: Int64, passing: (Int64) -> Void = { _ in }) -> Fleet {
        held = nil
        // Without a keyframe it is what all of it leads to.
        if let index { reader.seek(to: index.start(for: time)?.offset ?? 0) }
        var fleet = Fleet()
        while let line = reader.next() {
            // The first keyframe is the earliest that is known.
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

    /// Fails where some of it could not be read; call it at the end.
    package func throwIfDamaged(_ path: String) throws(Failure) {
        guard damage.isNone else { throw Failure(.damaged, "\(path): \(damage)") }
    }
}
