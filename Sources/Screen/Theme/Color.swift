/// A colour in a theme.
public enum Color: Sendable, Hashable {
    /// The terminal's own foreground or background.
    case terminal
    /// A colour of the terminal's palette: 0–7 normal, 8–15 bright, 16–255 as xterm defines them.
    case indexed(UInt8)
    /// Red, green and blue.
    case rgb(UInt8, UInt8, UInt8)
}

/// The number of colours that a terminal shows.
public enum ColorDepth: Sendable, Hashable, CaseIterable {
    /// Attributes only.
    case none
    /// The eight ANSI colours.
    case eight
    /// The eight ANSI colours and their bright variants.
    case sixteen
    /// The xterm palette of 256 colours.
    case palette256
}

extension Color {
    /// Returns the nearest entry of the terminal's palette; `nil` for the terminal's own colour,
    /// and without colours. The bright colours 8–15 stay the same at depths of 256 and 16.
    public func index(at depth: ColorDepth) -> UInt8? {
        guard let components, depth != .none else { return nil }
        switch (self, depth) {
        case (.indexed(let index), .palette256): return index
        case (.indexed(let index), .sixteen) where index < 16: return index
        case (.indexed(let index), .eight) where index < 16: return index & 7
        case (_, .palette256): return Self.nearest(to: components, among: 16...255)
        case (_, .sixteen): return Self.nearest(to: components, among: 0...15)
        case (_, .eight): return Self.nearest(to: components, among: 0...15) & 7
        case (_, .none): return nil
        }
    }

    /// Red, green and blue, or `nil` for the terminal's own colour. Users can change the colours
    /// 0–15; for these, the values are the defaults of xterm.
    public var components: (red: UInt8, green: UInt8, blue: UInt8)? {
        switch self {
        case .terminal: nil
        case .rgb(let red, let green, let blue): (red, green, blue)
        case .indexed(let index): Self.components(of: index)
        }
    }

    private static func components(of index: UInt8) -> (red: UInt8, green: UInt8, blue: UInt8) {
        switch index {
        case 0..<16: return ansi[Int(index)]
        case 232...:
            let level = 8 + 10 * (index - 232)
            return (level, level, level)
        default:
            let cube = index - 16
            return (steps[Int(cube / 36)], steps[Int(cube / 6 % 6)], steps[Int(cube % 6)])
        }
    }

    private static func nearest(
        to color: (red: UInt8, green: UInt8, blue: UInt8), among range: ClosedRange<UInt8>
    ) -> UInt8 {
        range.min { distance(color, components(of: $0)) < distance(color, components(of: $1)) }
            ?? range.lowerBound
    }

    /// Returns the "redmean" distance of two colours: https://www.compuphase.com/cmetric.htm
    private static func distance(
        _ a: (red: UInt8, green: UInt8, blue: UInt8), _ b: (red: UInt8, green: UInt8, blue: UInt8)
    ) -> Int {
        let mean = (Int(a.red) + Int(b.red)) / 2
        let red = Int(a.red) - Int(b.red)
        let green = Int(a.green) - Int(b.green)
        let blue = Int(a.blue) - Int(b.blue)
        return (512 + mean) * red * red + 1024 * green * green + (767 - mean) * blue * blue
    }

    private static let steps: [UInt8] = [0, 95, 135, 175, 215, 255]

    private static let ansi: [(red: UInt8, green: UInt8, blue: UInt8)] = [
        (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205),
        (0, 205, 205), (229, 229, 229), (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0),
        (92, 92, 255), (255, 0, 255), (0, 255, 255), (255, 255, 255),
    ]

    /// Returns the colour with one of the sixteen names or `default`; `nil` for any other name.
    public static func named(_ name: String) -> Color? {
        let base = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"]
        if name == "default" { return .terminal }
        if let index = base.firstIndex(of: name) { return .indexed(UInt8(index)) }
        let bright = "bright_"
        guard name.hasPrefix(bright), let index = base.firstIndex(of: "\(name.dropFirst(7))") else {
            return nil
        }
        return .indexed(UInt8(index + 8))
    }
}
