import CNCurses
import Screen

/// Turns what ncurses reads into keys: controls, a lone Escape, sequences that ncurses does not
/// know, pasted text.
struct KeyDecoder {
    private enum State {
        case plain
        /// After an Escape, as long as more input waits.
        case escape
        /// Inside `ESC [ …`, which is dropped up to its last character.
        case sequence
        /// After `ESC O`, whose next character is dropped.
        case shift
        /// Inside pasted text.
        case paste(String)
        /// What comes after a silence in pasted text: it is none of the operator's keys. It ends where
        /// the pasted text does, or with an Escape alone.
        case lateRest
    }

    private var state = State.plain
    /// How much of the end of pasted text has come as characters, on a line so slow that its bytes came
    /// one by one.
    private var endMatch = 0

    private static let pasteEnd = Array("\u{1B}[201~".unicodeScalars)
    /// The bytes that one paste may have.
    static let pasteLimit = 4096

    /// Whether pasted text has begun and not ended.
    var isPasting: Bool {
        if case .paste = state { true } else { false }
    }

    /// One piece of input: its kind (`FUSE_KEY_…`) and, for a character, its scalar.
    mutating func decode(_ kind: Int, _ scalar: Unicode.Scalar?) -> [Key] {
        switch (state, kind) {
        case (.paste, FUSE_KEY_PASTE_END), (.paste, FUSE_KEY_PASTE_BEGIN):
            let keys = endPaste()
            if kind == FUSE_KEY_PASTE_BEGIN { state = .paste("") }
            return keys
        case (.paste(let text), _):
            let text = Self.append(scalar, to: text)
            let isEnd = isEnd(with: scalar)
            // Its Escape is no text.
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

    /// No more input waits: an Escape without anything after it is the key.
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

    /// Nothing has come for so long. Pasted text whose end is missing is handed over, and what still
    /// comes of it dropped, until an Escape alone or for as long as it takes for nothing to be due.
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

    /// How long a paste may pause before what there is of it is taken.
    static let silence = Duration.milliseconds(500)
    /// After which nothing is expected of a paste any more.
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
