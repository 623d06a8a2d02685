import Screen

/// A line of pieces. Less important pieces are dropped if the line is too short.
struct StatusLine {
    /// A piece of the line.
    struct Piece {
        let spans: [Span]
        /// The order of dropping: the piece with the greatest number is dropped first, 0 never.
        let dropOrder: Int
    }

    private(set) var pieces: [Piece] = []
    /// The text between two pieces.
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
    /// - Parameter fillsGaps: whether a less important piece may be shown if a more important one
    ///   does not fit.
    func spans(width: Int, ellipsis: Character, fillsGaps: Bool = false) -> [Span] {
        joined(fitting(width, fillsGaps: fillsGaps)).clipped(to: width, ellipsis: ellipsis)
    }

    /// The indexes of the pieces that fit.
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
