import CZstd

/// Bytes to zstd frames, each with a checksum of its content.
struct ZstdCompressor: ~Copyable {
    private let context: OpaquePointer?

    init() {
        context = ZSTD_createCCtx()
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, 1)
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    }

    deinit {
        ZSTD_freeCCtx(context)
    }

    /// One frame of all of it.
    func frame(of bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(bytes.count)) { buffer, count in
            count = ZSTD_compress2(
                context, buffer.baseAddress, buffer.count, bytes, bytes.count)
            // It has all the room that it may need.
            precondition(ZSTD_isError(count) == 0)
        }
    }
}

/// zstd frames to bytes, their checksums verified.
struct ZstdDecompressor: ~Copyable {
    /// The most bytes of a frame: a recording's have a quarter of a megabyte and a few lines.
    static let limit = 16 << 20
    /// The first bytes of every frame.
    static let magic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]

    private let context: OpaquePointer?

    init() {
        context = ZSTD_createDCtx()
    }

    deinit {
        ZSTD_freeDCtx(context)
    }

    /// The size of the frame at the beginning of bytes; `nil` where there is none that is whole.
    func size(of bytes: ArraySlice<UInt8>) -> Int? {
        let size = bytes.withUnsafeBytes { ZSTD_findFrameCompressedSize($0.baseAddress, $0.count) }
        return ZSTD_isError(size) == 0 ? size : nil
    }

    /// What became of a frame that was to be unpacked.
    enum Unpacked: Equatable {
        case bytes([UInt8])
        /// It is damaged. As many bytes came out before that was seen.
        case damaged(unpacked: Int)
        /// It holds more bytes than were allowed.
        case tooLarge
    }

    /// What a frame holds.
    ///
    /// - Parameter most: the most bytes that it may hold, at most ``limit``.
    func unpack(_ frame: ArraySlice<UInt8>, atMost most: Int) -> Unpacked {
        let most = min(most, Self.limit)
        guard let size = contentSize(of: frame) else {
            let (bytes, isWhole) = prefix(of: frame, atMost: most)
            if bytes.count > most { return .tooLarge }
            return isWhole ? .bytes(bytes) : .damaged(unpacked: bytes.count)
        }
        guard size <= most else { return .tooLarge }
        var isWhole = false
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            let made = frame.withUnsafeBytes {
                ZSTD_decompressDCtx(
                    context, buffer.baseAddress, buffer.count, $0.baseAddress, $0.count)
            }
            isWhole = ZSTD_isError(made) == 0
            count = isWhole ? made : 0
        }
        return isWhole ? .bytes(bytes) : .damaged(unpacked: size)
    }

    /// How much a frame says that it holds; those of a pipe do not say it.
    func contentSize(of frame: ArraySlice<UInt8>) -> Int? {
        Int(exactly: frame.withUnsafeBytes { ZSTD_getFrameContentSize($0.baseAddress, $0.count) })
    }

    /// What can be read of the beginning of a frame, and whether that is all of it.
    func prefix(
        of frame: ArraySlice<UInt8>, atMost most: Int = Self.limit
    ) -> (bytes: [UInt8], isWhole: Bool) {
        ZSTD_DCtx_reset(context, ZSTD_reset_session_only)
        var bytes: [UInt8] = []
        let chunk = ZSTD_DStreamOutSize()
        let isWhole = frame.withUnsafeBytes { source in
            var input = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
            while bytes.count <= most {
                var hint = 0
                var made = 0
                bytes += [UInt8](unsafeUninitializedCapacity: chunk) { buffer, count in
                    var output = ZSTD_outBuffer(
                        dst: buffer.baseAddress, size: buffer.count, pos: 0)
                    hint = ZSTD_decompressStream(context, &output, &input)
                    made = ZSTD_isError(hint) == 0 ? output.pos : 0
                    count = made
                }
                guard ZSTD_isError(hint) == 0 else { return false }
                if hint == 0 { return input.pos == input.size }
                if made == 0, input.pos == input.size { return false }
            }
            return false
        }
        return (bytes, isWhole)
    }
}
