/// How much room one part of a divided rectangle wants.
public enum Length: Sendable, Hashable {
    /// Exactly so many cells, as long as there are any.
    case fixed(Int)
    /// What the fixed parts leave, divided by weight; at least `minimum`.
    case share(Int, minimum: Int = 0)
}

/// Divides room among parts.
public enum Layout {
    /// The lengths of the parts, in order. They never add up to more than `total`: when it is too
    /// small, earlier parts come first.
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
    /// The rectangle as rows of the given heights, top to bottom.
    public func rows(_ heights: [Length]) -> [Rect] {
        var rest = self
        return Layout.divide(height, into: heights).map { rest.takeTop($0) }
    }

    /// The rectangle as columns of the given widths, left to right. Neighbours share `overlap`
    /// columns, which is 1 for boxes with a common border.
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
