import Screen

/// Pieces of one line, the less important of which go when the line is short.
struct StatusLine {
    /// A piece of the line.
    struct Piece {
        let spans: [Span]
        /// What goes first has the greatest number; 0 never goes.
        let dropOrder: Int
    }

    private(set) var pieces: [Piece] = []
    /// What stands between two pieces.
    let separator: Span

    init(separator: Span) {
        self.separator = separator
    }

    /// Adds a piece at the right.
    mutating func add(_ spans: [Span], dropOrder: Int = 0) {
        pieces.append(Piece(spans: spans, dropOrder: dropOrder))
    }

    /// The pieces that fit.
    ///
    /// - Parameter fillsGaps: whether what is less important shows where it fits and what is more
    ///   important does not.
    func spans(width: Int, ellipsis: Character, fillsGaps: Bool = false) -> [Span] {
        joined(fitting(width, fillsGaps: fillsGaps)).clipped(to: width, ellipsis: ellipsis)
    }

    /// Those that fit, by their places.
    func fitting(_ width: Int, fillsGaps: Bool = false) -> [Int] {
        let widths = pieces.map { $0.spans.width + separator.width }
        var rest = widths.reduce(-separator.width, +)
        let droppable = pieces.indices.filter { pieces[$0].dropOrder > 0 }
            .sorted { (pieces[$0].dropOrder, $0) > (pieces[$1].dropOrder, $1) }
        var dropped: Set<Int> = []
        for index in droppable where rest > width {
            rest -= widths[index]
            dropped.insert(index)
        }
        if fillsGaps {
            for index in droppable.reversed() where dropped.contains(index) {
                guard rest + widths[index] <= width else { continue }
                rest += widths[index]
                dropped.remove(index)
            }
        }
        return pieces.indices.filter { !dropped.contains($0) }
    }

    private func joined(_ indices: [Int]) -> [Span] {
        indices.enumerated().flatMap { place, index in
            place == 0 ? pieces[index].spans : [separator] + pieces[index].spans
        }
    }
}
