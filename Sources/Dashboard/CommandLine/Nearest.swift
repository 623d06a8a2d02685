/// The word that somebody most likely meant.
public enum Nearest {
    /// The name that differs least, if it is near enough to be worth a question.
    public static func name(to text: String, among names: [String]) -> String? {
        let distances = names.map { (name: $0, distance: distance(text, $0)) }
        guard let best = distances.min(by: { $0.distance < $1.distance }),
            best.distance <= max(1, min(text.count, best.name.count) / 2)
        else { return nil }
        return best.name
    }

    /// How many characters have to be put in, taken out or changed; after Levenshtein.
    static func distance(_ a: String, _ b: String) -> Int {
        // What somebody types may be long; only its beginning is worth comparing.
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
