import CZlib

/// Compresses data piece by piece into a gzip stream (RFC 1952).
final class Gzip {
    private static let chunkBytes = 16_384
    /// zlib writes a gzip header and trailer if 16 is added to its window bits.
    private static let gzipWindowBits: Int32 = 15 + 16

    /// Allocated on the heap because zlib keeps a pointer to it.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)

    /// Creates a stream. `nil` if there is not enough memory.
    init?() {
        stream.initialize(to: z_stream())
        let result = deflateInit2_(
            stream, Z_BEST_SPEED, Z_DEFLATED, Self.gzipWindowBits, 8, Z_DEFAULT_STRATEGY,
            ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard result == Z_OK else {
            stream.deallocate()
            return nil
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// Compresses bytes. May return nothing until later calls.
    func compress(_ bytes: [UInt8]) -> [UInt8] { deflate(bytes, Z_NO_FLUSH) }

    /// Ends the stream and returns its last bytes.
    func finish() -> [UInt8] { deflate([], Z_FINISH) }

    private func deflate(_ bytes: [UInt8], _ flush: Int32) -> [UInt8] {
        var result: [UInt8] = []
        var input = bytes
        input.withUnsafeMutableBufferPointer { input in
            stream.pointee.next_in = input.baseAddress
            stream.pointee.avail_in = UInt32(input.count)
            repeat {
                let chunk = [UInt8](unsafeUninitializedCapacity: Self.chunkBytes) { buffer, count in
                    stream.pointee.next_out = buffer.baseAddress
                    stream.pointee.avail_out = UInt32(Self.chunkBytes)
                    CZlib.deflate(stream, flush)
                    count = Self.chunkBytes - Int(stream.pointee.avail_out)
                }
                result += chunk
                // A full buffer means that more output may follow.
            } while stream.pointee.avail_out == 0
        }
        stream.pointee.next_in = nil
        return result
    }
}
