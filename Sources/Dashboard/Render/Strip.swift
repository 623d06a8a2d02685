import Screen

/// Pieces of one line, the less important of which go when the line is short.
struct Strip {
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
    func spans(width: Int, ellipsis: Character) -> [Span] {
        var shown = pieces
        while joined(shown).width > width {
            let least = shown.map(\.dropOrder).max() ?? 0
            guard least > 0, let index = shown.lastIndex(where: { $0.dropOrder == least }) else {
                break
            }
            shown.remove(at: index)
        }
        return joined(shown).clipped(to: width, ellipsis: ellipsis)
    }

    private func joined(_ pieces: [Piece]) -> [Span] {
        pieces.enumerated().flatMap { index, piece in
            index == 0 ? piece.spans : [separator] + piece.spans
        }
    }
}
