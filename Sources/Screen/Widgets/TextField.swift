/// One line of editable text.
public struct TextField: Sendable, Hashable {
    /// The maximum number of characters; further input is ignored.
    public static let limit = 4096

    private var characters: [Character]
    /// The position of the cursor, in characters from the start.
    public private(set) var cursor: Int

    /// Creates a field with `text` and the cursor at its end.
    public init(_ text: String = "") {
        characters = Array(text.prefix(Self.limit))
        cursor = characters.count
    }

    /// The present text.
    public var text: String { String(characters) }
    /// Whether the text is empty.
    public var isEmpty: Bool { characters.isEmpty }

    /// Inserts `text` at the cursor. Control characters become blanks.
    public mutating func insert(_ text: String) {
        let room = Self.limit - characters.count
        let clean = text.prefix(max(0, room)).map { character -> Character in
            character.unicodeScalars.contains { DisplayWidth.isForbidden($0) } ? " " : character
        }
        characters.insert(contentsOf: clean, at: cursor)
        cursor += clean.count
    }

    /// Handles an editing key.
    ///
    /// - Returns: whether the field handled the key; if `false`, the owner of the field may handle
    ///   it.
    public mutating func handle(_ key: Key) -> Bool {
        switch key {
        case .character(let character): insert(String(character))
        case .paste(let text): insert(text)
        case .left, .control("b"): cursor = max(0, cursor - 1)
        case .right, .control("f"): cursor = min(characters.count, cursor + 1)
        case .home, .control("a"): cursor = 0
        case .end, .control("e"): cursor = characters.count
        case .backspace, .control("h"): remove(from: cursor - 1, to: cursor)
        case .delete, .control("d"): remove(from: cursor, to: cursor + 1)
        case .control("k"): remove(from: cursor, to: characters.count)
        case .control("u"): remove(from: 0, to: cursor)
        case .control("w"): remove(from: startOfWord, to: cursor)
        case .enter, .escape, .tab, .backTab, .up, .down, .pageUp, .pageDown, .control:
            return false
        }
        return true
    }

    /// Returns the text in `width` columns, scrolled so that the cursor is visible. The cursor is
    /// shown in reverse.
    public func spans(width: Int, style: Style = .text, showsCursor: Bool = true) -> [Span] {
        guard width > 0 else { return [] }
        guard showsCursor else { return [Span(DisplayWidth.clip(text, to: width), style)] }
        let under = cursor < characters.count ? String(characters[cursor]) : " "
        var room = width - DisplayWidth.of(under)
        var start = cursor
        while start > 0 {
            let columns = DisplayWidth.of(characters[start - 1])
            guard columns <= room else { break }
            room -= columns
            start -= 1
        }
        let rest = String(characters[min(cursor + 1, characters.count)...])
        var marked = style
        marked.attributes.insert(.reverse)
        return [
            Span(String(characters[start..<cursor]), style), Span(under, marked),
            Span(DisplayWidth.clip(rest, to: room), style),
        ].filter { !$0.text.isEmpty }
    }

    private var startOfWord: Int {
        var index = cursor
        while index > 0, characters[index - 1] == " " { index -= 1 }
        while index > 0, characters[index - 1] != " " { index -= 1 }
        return index
    }

    private mutating func remove(from: Int, to: Int) {
        guard from >= 0, to <= characters.count, from < to else { return }
        characters.removeSubrange(from..<to)
        cursor = from
    }
}
