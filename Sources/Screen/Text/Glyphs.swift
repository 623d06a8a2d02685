/// The character for every glyph: those of a theme, or ASCII.
public struct Glyphs: Sendable, Hashable {
    private let isASCII: Bool
    private var replaced: [Glyph: Character] = [:]

    private init(isASCII: Bool) {
        self.isASCII = isASCII
    }

    /// Unicode signs of one column.
    public static let unicode = Glyphs(isASCII: false)

    /// For `--ascii` and for locales that are not UTF-8. The states of a breaker differ here too.
    public static let ascii = Glyphs(isASCII: true)

    /// The character for `glyph`.
    public subscript(glyph: Glyph) -> Character {
        if let character = replaced[glyph] { return character }
        return isASCII ? glyph.characters.ascii : glyph.characters.unicode
    }

    /// The same set with other characters for some glyphs.
    public func replacing(_ glyphs: [Glyph: Character]) -> Glyphs {
        var copy = self
        copy.replaced.merge(glyphs) { _, new in new }
        return copy
    }
}
