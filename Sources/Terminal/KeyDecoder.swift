import CNCurses
import Screen

/// Converts input from ncurses to keys: control characters, a single Escape, sequences unknown to
/// ncurses, and pasted text.
struct KeyDecoder {
    private enum State {
        case plain
        /// After an Escape, while more input is available.
        case escape
        /// Inside `ESC [ …`. Everything up to its last character is dropped.
        case sequence
        /// After `ESC O`. The next character is dropped.
        case shift
        /// Inside pasted text.
        case paste(String)
        /// After a pause in pasted text. The input is the rest of the paste and is dropped, so that
        /// it does not act as keys. The state ends with the end of the paste, or with a single
        /// Escape.
        case lateRest
    }

    private var state = State.plain
    /// The number of characters of the end sequence that have arrived one by one, as happens on a
    /// slow line.
    private var endMatch = 0

    private static let pasteEnd = Array("\u{1B}[201~".unicodeScalars)
    /// The maximum length of one paste in bytes.
    static let pasteLimit = 4096

    /// Whether pasted text has begun and has not ended.
    var isPasting: Bool {
        if case .paste = state { true } else { false }
    }

    /// Decodes one piece of input: its kind (`FUSE_KEY_…`) and, for a character, its scalar.
    mutating func decode(_ kind: Int, _ scalar: Unicode.Scalar?) -> [Key] {
        switch (state, kind) {
        case (.paste, FUSE_KEY_PASTE_END), (.paste, FUSE_KEY_PASTE_BEGIN):
            let keys = endPaste()
            if kind == FUSE_KEY_PASTE_BEGIN { state = .paste("") }
            return keys
        case (.paste(let text), _):
            let text = Self.append(scalar, to: text)
            let isEnd = isEnd(with: scalar)
            // The end sequence is not part of the text.
            state = .paste(isEnd ? String(text.dropLast(Self.pasteEnd.count - 1)) : text)
            return isEnd ? endPaste() : []
        case (.lateRest, FUSE_KEY_PASTE_BEGIN):
            state = .paste("")
            return []
        case (.lateRest, _):
            if kind == FUSE_KEY_PASTE_END || isEnd(with: scalar) { state = .plain }
            return []
        case (.escape, FUSE_KEY_CHARACTER) where scalar == "[":
            state = .sequence
            return []
        case (.escape, FUSE_KEY_CHARACTER) where scalar == "O":
            state = .shift
            return []
        case (.escape, _):
            state = .plain
            return [.escape] + decode(kind, scalar)
        case (.sequence, FUSE_KEY_CHARACTER):
            if let scalar, !(0x20..<0x40).contains(scalar.value) { state = .plain }
            return []
        case (.shift, FUSE_KEY_CHARACTER):
            state = .plain
            return []
        case (.sequence, _), (.shift, _):
            state = .plain
            return decode(kind, scalar)
        case (.plain, FUSE_KEY_PASTE_BEGIN):
            state = .paste("")
            return []
        case (.plain, FUSE_KEY_CHARACTER) where scalar == "\u{1B}":
            state = .escape
            return []
        case (.plain, FUSE_KEY_CHARACTER):
            return scalar.flatMap(Self.key(for:)).map { [$0] } ?? []
        case (.plain, _):
            return Self.key(for: kind).map { [$0] } ?? []
        }
    }

    /// Handles that no more input is available. An Escape without more input is the Escape key.
    mutating func endBurst() -> [Key] {
        switch state {
        case .plain, .paste, .lateRest: return []
        case .escape:
            state = .plain
            return [.escape]
        case .sequence, .shift:
            state = .plain
            return []
        }
    }

    /// Handles a pause in the input. It returns pasted text whose end is missing. The rest of that
    /// paste is then dropped until a single Escape or a pause of ``longSilence``.
    mutating func fallSilent(for time: Duration) -> [Key] {
        guard time >= Self.silence else { return [] }
        switch state {
        case .paste:
            let keys = endPaste()
            state = .lateRest
            return keys
        case .lateRest where endMatch == 1 || time >= Self.longSilence:
            state = .plain
            endMatch = 0
            return []
        case .plain, .escape, .sequence, .shift, .lateRest: return []
        }
    }

    /// The pause in a paste after which the text so far is returned.
    static let silence = Duration.milliseconds(500)
    /// The pause after which no more of a paste is expected.
    static let longSilence = Duration.seconds(5)

    private mutating func endPaste() -> [Key] {
        guard case .paste(let text) = state else { return [] }
        state = .plain
        return text.isEmpty ? [] : [.paste(text)]
    }

    private mutating func isEnd(with scalar: Unicode.Scalar?) -> Bool {
        let continues = scalar == Self.pasteEnd[endMatch]
        endMatch = continues ? endMatch + 1 : scalar == Self.pasteEnd[0] ? 1 : 0
        guard endMatch == Self.pasteEnd.count else { return false }
        endMatch = 0
        return true
    }

    private static func append(_ scalar: Unicode.Scalar?, to text: String) -> String {
        guard let scalar else { return text }
        let isBlank = scalar == "\n" || scalar == "\r" || scalar == "\t"
        let kept = isBlank ? " " : scalar
        guard DisplayWidth.isPrintable(kept), text.utf8.count + 4 <= pasteLimit else {
            return text
        }
        var text = text
        text.unicodeScalars.append(kept)
        return text
    }

    private static func key(for scalar: Unicode.Scalar) -> Key? {
        switch scalar.value {
        case 0: return .control(" ")
        case 8, 0x7F: return .backspace
        case 9: return .tab
        case 10, 13: return .enter
        case 1...26: return .control(Character(Unicode.Scalar(UInt8(scalar.value) + 0x60)))
        case 28...31: return .control(Character(Unicode.Scalar(UInt8(scalar.value) + 0x40)))
        default: return DisplayWidth.isPrintable(scalar) ? .character(Character(scalar)) : nil
        }
    }

    private static func key(for kind: Int) -> Key? {
        switch kind {
        case FUSE_KEY_ENTER: .enter
        case FUSE_KEY_BACK_TAB: .backTab
        case FUSE_KEY_UP: .up
        case FUSE_KEY_DOWN: .down
        case FUSE_KEY_LEFT: .left
        case FUSE_KEY_RIGHT: .right
        case FUSE_KEY_PAGE_UP: .pageUp
        case FUSE_KEY_PAGE_DOWN: .pageDown
        case FUSE_KEY_HOME: .home
        case FUSE_KEY_END: .end
        case FUSE_KEY_BACKSPACE: .backspace
        case FUSE_KEY_DELETE: .delete
        default: nil
        }
    }
}
