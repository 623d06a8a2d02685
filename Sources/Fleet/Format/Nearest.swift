/// Suggests the most similar names for a misspelled one.
public enum Nearest {
    /// The name with the smallest edit distance; `nil` if none is similar enough.
    public static func name(to text: String, among names: [String]) -> String? {
        let distances = names.map { (name: $0, distance: distance(text, $0)) }
        guard let best = distances.min(by: { $0.distance < $1.distance }),
            best.distance <= max(1, min(text.count, best.name.count) / 2)
        else { return nil }
        return best.name
    }

    /// The most similar names, nearest first, at most `limit`.
    public static func names(to text: String, among names: [String], limit: Int) -> [String] {
        names.map { (name: $0, distance: distance(text, $0)) }
            .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
            .prefix(limit).map(\.name)
    }

    /// The Levenshtein distance: the number of characters to insert, remove or change.
    static func distance(_ a: String, _ b: String) -> Int {
        // Typed text may be long, so compare only its first 64 characters.
        let (a, b) = (Array(a.prefix(64)), Array(b.prefix(64)))
        var previous = Array(0...b.count)
        for (row, character) in a.enumerated() {
            var line = [row + 1]
            for (column, other) in b.enumerated() {
                let changed = previous[column] + (character == other ? 0 : 1)
                line.append(min(changed, previous[column + 1] + 1, line[column] + 1))
            }
            previous = line
        }
        return previous[b.count]
    }
}
