import Dispatch
import Foundation
import ResilienceWire
import Synchronization

/// Unpacks and decodes frames on other threads ahead of the reader, and returns them in order.
final class FramesAhead {
    /// The result of decoding a frame.
    struct Decoded: Sendable {
        /// The lines in reverse order, so that each can be removed from the end.
        var lines: [Line] = []
        /// The number of malformed lines. `firstBad` is the first one, by its index in the frame.
        var bad = 0
        var firstBad: (index: Int, error: WireError)?
        /// The frame is damaged.
        var isLost = false
        /// Most of the content is malformed, so decoding stopped before the end.
        var isGivenUp = false
        /// The number of lines in the header.
        var told = 0
        /// The offset of the frame in the file, in bytes.
        var offset: Int64 = 0

        fileprivate mutating func note(_ error: WireError) {
            if firstBad == nil { firstBad = (lines.count + bad, error) }
            bad += 1
        }
    }

    private final class Job: Sendable {
        private let result = Mutex<Decoded?>(nil)
        private let isDone = DispatchSemaphore(value: 0)

        func end(_ decoded: Decoded) {
            result.withLock { $0 = decoded }
            isDone.signal()
        }

        func wait() -> Decoded {
            isDone.wait()
            return result.withLock { result in
                defer { result = nil }
                return result ?? Decoded(isLost: true)
            }
        }
    }

    private static let most = min(8, 2 * ProcessInfo.processInfo.activeProcessorCount)
    private static let queue = DispatchQueue(label: "fusebox.frames", attributes: .concurrent)

    private let reader: FrameReader
    private let omitsDeltas: Bool
    private var jobs: [Job] = []

    init(_ reader: FrameReader, omitsDeltas: Bool) {
        self.reader = reader
        self.omitsDeltas = omitsDeltas
    }

    /// The next frame, if it is intact and has our header; otherwise `nil`.
    func next() -> Decoded? {
        // A pipe may deliver lines as they are made, so do not wait for more than the next frame.
        let most = reader.canSeek ? Self.most : 1
        while jobs.count < most {
            let offset = reader.position
            guard let (header, frame) = reader.nextWhole() else { break }
            let job = Job()
            jobs.append(job)
            Self.queue.async { [omitsDeltas] in
                var decoded = Self.decode(frame, omitsDeltas)
                decoded.told = Int(header.lines)
                decoded.offset = offset
                job.end(decoded)
            }
        }
        return jobs.isEmpty ? nil : jobs.removeFirst().wait()
    }

    /// Drops the frames that were decoded ahead.
    func removeAll() { jobs = [] }

    private static func decode(_ frame: [UInt8], _ omitsDeltas: Bool) -> Decoded {
        var decoded = Decoded()
        guard
            case .bytes(let bytes) = ZstdDecompressor().unpack(
                frame[...], atMost: ZstdDecompressor.limit)
        else {
            decoded.isLost = true
            return decoded
        }
        var cutter = LineCutter(goesOnAfterLongLines: true, texts: .safe)
        cutter.omitsDeltas = omitsDeltas
        // 128 bytes is about the length of a line.
        decoded.lines.reserveCapacity(bytes.count / 128)
        var position = 0
        while !decoded.isGivenUp {
            do throws(WireError) {
                guard let line: Line = try cutter.next(in: bytes.span, from: &position) else {
                    break
                }
                decoded.lines.append(line)
            } catch {
                decoded.note(error)
                decoded.isGivenUp = RecordingReader.isHopeless(
                    bad: decoded.bad, of: decoded.bad + decoded.lines.count)
            }
        }
        // A frame always contains whole lines.
        if cutter.pendingBytes > 0 {
            decoded.note(
                .syntax(
                    expected: "a newline", found: "the end of the frame",
                    offset: cutter.pendingBytes))
        }
        decoded.lines.reverse()
        return decoded
    }
}
