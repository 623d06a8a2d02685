import CZstd

/// Compresses bytes into zstd frames with a content checksum.
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

    /// Compresses the bytes into one frame.
    func frame(of bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(bytes.count)) { buffer, count in
            count = ZSTD_compress2(
                context, buffer.baseAddress, buffer.count, bytes, bytes.count)
            // The buffer has the maximum size, so this cannot fail for lack of space.
            precondition(ZSTD_isError(count) == 0)
        }
    }
}

/// Unpacks zstd frames and verifies their checksums.
struct ZstdDecompressor: ~Copyable {
    /// The maximum unpacked size of a frame in bytes. Recordings have frames of about 256 KiB.
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

    /// The size of the frame at the start of `bytes`; `nil` if there is no complete frame.
    func size(of bytes: ArraySlice<UInt8>) -> Int? {
        let size = bytes.withUnsafeBytes { ZSTD_findFrameCompressedSize($0.baseAddress, $0.count) }
        return ZSTD_isError(size) == 0 ? size : nil
    }

    /// The result of unpacking a frame.
    enum Unpacked: Equatable {
        case bytes([UInt8])
        /// The frame is damaged. `unpacked` is the number of bytes unpacked before the damage was
        /// found.
        case damaged(unpacked: Int)
        /// The content is larger than allowed.
        case tooLarge
    }

    /// Unpacks a frame.
    ///
    /// - Parameter most: the maximum size of the content in bytes, at most ``limit``.
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

    /// The content size that a frame declares; `nil` if it declares none, like frames compressed
    /// from a pipe.
    func contentSize(of frame: ArraySlice<UInt8>) -> Int? {
        Int(exactly: frame.withUnsafeBytes { ZSTD_getFrameContentSize($0.baseAddress, $0.count) })
    }

    /// Unpacks as much of a frame as is readable, and reports whether that is the whole frame.
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
