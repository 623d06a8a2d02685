extension WireLimits {
    /// Returns the longest prefix of `text` that has at most `bytes` bytes and ends at a character
    /// boundary.
    public static func cut(_ text: String, to bytes: Int) -> String {
        guard text.utf8.count > bytes else { return text }
        var room = bytes
        let kept = text.prefix { character in
            room -= character.utf8.count
            return room >= 0
        }
        return String(kept)
    }

    /// Returns a text as a valid name: cut to the maximum length and never empty.
    public static func name(_ text: String) -> String {
        let kept = cut(text, to: nameBytes)
        return kept.isEmpty ? "unnamed" : kept
    }
}
