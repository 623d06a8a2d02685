/// The character for every glyph, from a theme or in ASCII.
public struct Glyphs: Sendable, Hashable {
    private let isASCII: Bool
    private var replaced: [Glyph: Character] = [:]

    private init(isASCII: Bool) {
        self.isASCII = isASCII
    }

    /// Unicode signs of one column.
    public static let unicode = Glyphs(isASCII: false)

    /// The set for `--ascii` and for locales other than UTF-8. Each breaker state has a different
    /// character here too.
    public static let ascii = Glyphs(isASCII: true)

    /// Returns the character for `glyph`.
    public subscript(glyph: Glyph) -> Character {
        if let character = replaced[glyph] { return character }
        return isASCII ? glyph.characters.ascii : glyph.characters.unicode
    }

    /// Returns the same set with other characters for some glyphs.
    public func replacing(_ glyphs: [Glyph: Character]) -> Glyphs {
        var copy = self
        copy.replaced.merge(glyphs) { _, new in new }
        return copy
    }
}
