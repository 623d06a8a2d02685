/// The space that one part of a divided rectangle needs.
public enum Length: Sendable, Hashable {
    /// A fixed number of cells, or what is left if there are fewer.
    case fixed(Int)
    /// A share by weight of the space that the fixed parts leave; at least `minimum`.
    case share(Int, minimum: Int = 0)
}

/// Divides space among parts.
public enum Layout {
    /// Returns the lengths of the parts, in order. Their sum never exceeds `total`: if the space is
    /// too small, earlier parts get it first.
    public static func divide(_ total: Int, into lengths: [Length]) -> [Int] {
        var remaining = max(0, total)
        var result = lengths.map { length -> Int in
            let wanted =
                switch length {
                case .fixed(let count): count
                case .share(_, let minimum): minimum
                }
            let given = min(max(0, wanted), remaining)
            remaining -= given
            return given
        }
        var weights = 0
        for case .share(let weight, _) in lengths { weights += max(0, weight) }
        for (index, length) in lengths.enumerated() where weights > 0 {
            guard case .share(let weight, _) = length else { continue }
            let extra = remaining * max(0, weight) / weights
            result[index] += extra
            remaining -= extra
            weights -= max(0, weight)
            if weights == 0 { break }
        }
        return result
    }
}

extension Rect {
    /// Divides the rectangle into rows of the given heights, from top to bottom.
    public func rows(_ heights: [Length]) -> [Rect] {
        var rest = self
        return Layout.divide(height, into: heights).map { rest.takeTop($0) }
    }

    /// Divides the rectangle into columns of the given widths, from left to right. Neighbours share
    /// `overlap` columns; use 1 for boxes with a common border.
    public func columns(_ widths: [Length], overlap: Int = 0) -> [Rect] {
        let total = width + overlap * max(0, widths.count - 1)
        var left = x
        return Layout.divide(total, into: widths).map { width in
            let rect = Rect(x: left, y: y, width: width, height: height).intersection(self)
            left = max(x, left + width - overlap)
            return rect
        }
    }
}
