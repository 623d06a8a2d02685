extension WireLimits {
    /// The longest beginning of `text` that has at most `bytes` bytes and ends with a character.
    public static func cut(_ text: String, to bytes: Int) -> String {
        guard text.utf8.count > bytes else { return text }
        var room = bytes
        let kept = text.prefix { character in
            room -= character.utf8.count
            return room >= 0
        }
        return String(kept)
    }

    /// A text as a name: cut to what a name may have, and never empty.
    public static func name(_ text: String) -> String {
        let kept = cut(text, to: nameBytes)
        return kept.isEmpty ? "unnamed" : kept
    }
}
