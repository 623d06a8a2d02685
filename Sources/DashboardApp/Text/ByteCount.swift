/// A number of bytes as a user types it: `512MB`, `2GB`.
package struct ByteCount: Sendable {
    package let bytes: Int64

    package init(bytes: Int64) {
        self.bytes = bytes
    }

    package init?(argument: String) {
        let units: [(String, Int64)] = [
            ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
        ]
        guard let unit = units.first(where: { argument.uppercased().hasSuffix($0.0) }),
            let number = Double(argument.dropLast(2)), number > 0,
            number * Double(unit.1) < 1e15
        else { return nil }
        bytes = Int64(number * Double(unit.1))
    }

    package var defaultValueDescription: String {
        bytes % 1_000_000_000 == 0 ? "\(bytes / 1_000_000_000)GB" : "\(bytes / 1_000_000)MB"
    }
}
