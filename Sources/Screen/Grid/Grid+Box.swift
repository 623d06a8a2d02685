extension Grid {
    /// Draws the border of `rect` and joins it to the borders that it meets. Boxes that overlap by
    /// one row or column therefore share a line.
    ///
    /// - Parameter title: the text in the top border, after the corner.
    public mutating func box(
        _ rect: Rect, glyphs: Glyphs, style: Style = Style(.border), title: [Span] = []
    ) {
        guard rect.width >= 2, rect.height >= 2 else { return }
        let right = rect.maxX - 1
        let bottom = rect.maxY - 1
        for x in rect.x...right {
            let sides: Arms = x == rect.x ? .right : x == right ? .left : [.left, .right]
            let isEnd = x == rect.x || x == right
            join(isEnd ? [sides, .down] : sides, x: x, y: rect.y, glyphs: glyphs, style: style)
            join(isEnd ? [sides, .up] : sides, x: x, y: bottom, glyphs: glyphs, style: style)
        }
        for y in rect.y + 1..<bottom {
            join([.up, .down], x: rect.x, y: y, glyphs: glyphs, style: style)
            join([.up, .down], x: right, y: y, glyphs: glyphs, style: style)
        }
        put(title, x: rect.x + 1, y: rect.y, maxWidth: rect.width - 2)
    }

    /// Draws a line from `x` to the right and joins it to the lines that it meets.
    public mutating func horizontalLine(
        x: Int, y: Int, width: Int, glyphs: Glyphs, style: Style = Style(.border)
    ) {
        for column in 0..<max(0, width) {
            var arms: Arms = []
            if column > 0 { arms.insert(.left) }
            if column < width - 1 { arms.insert(.right) }
            join(arms, x: x + column, y: y, glyphs: glyphs, style: style)
        }
    }

    /// Draws a line from `y` down and joins it to the lines that it meets.
    public mutating func verticalLine(
        x: Int, y: Int, height: Int, glyphs: Glyphs, style: Style = Style(.border)
    ) {
        for row in 0..<max(0, height) {
            var arms: Arms = []
            if row > 0 { arms.insert(.up) }
            if row < height - 1 { arms.insert(.down) }
            join(arms, x: x, y: y + row, glyphs: glyphs, style: style)
        }
    }

    private mutating func join(_ arms: Arms, x: Int, y: Int, glyphs: Glyphs, style: Style) {
        guard let cell = cell(x: x, y: y) else { return }
        let joined = arms.union(glyphs.arms(of: cell.character))
        put(String(glyphs[joined.glyph]), x: x, y: y, style: style)
    }
}

/// The directions in which a line leaves a cell.
struct Arms: OptionSet, Hashable {
    let rawValue: UInt8

    static let up = Arms(rawValue: 1)
    static let down = Arms(rawValue: 2)
    static let left = Arms(rawValue: 4)
    static let right = Arms(rawValue: 8)

    /// The glyph with exactly these arms.
    var glyph: Glyph {
        switch (contains(.up), contains(.down), contains(.left), contains(.right)) {
        case (false, false, _, _): .horizontal
        case (_, _, false, false): .vertical
        case (false, true, false, true): .cornerTopLeft
        case (false, true, true, false): .cornerTopRight
        case (true, false, false, true): .cornerBottomLeft
        case (true, false, true, false): .cornerBottomRight
        case (false, true, true, true): .teeDown
        case (true, false, true, true): .teeUp
        case (true, true, false, true): .teeRight
        case (true, true, true, false): .teeLeft
        case (true, true, true, true): .cross
        }
    }
}

extension Glyphs {
    /// Returns the arms of a line glyph; none for any other character.
    func arms(of character: Character) -> Arms {
        guard character != " " else { return [] }
        return (0..<16).map(Arms.init).last { $0.isLine && self[$0.glyph] == character } ?? []
    }
}

extension Arms {
    /// Whether the arms form a line through the cell or a corner, so that the line does not end in
    /// the cell.
    fileprivate var isLine: Bool {
        rawValue.nonzeroBitCount > 1
    }
}
