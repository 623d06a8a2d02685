/// What a terminal is told to draw a style: palette entries and attributes.
public struct Paint: Sendable, Hashable {
    /// The palette entry of the text; `nil` is the terminal's own.
    public var foreground: UInt8?
    /// The palette entry behind it; `nil` is the terminal's own.
    public var background: UInt8?
    /// The attributes.
    public var attributes: Attributes

    /// Colours and attributes.
    public init(
        foreground: UInt8? = nil, background: UInt8? = nil, attributes: Attributes = []
    ) {
        self.foreground = foreground
        self.background = background
        self.attributes = attributes
    }
}

extension Theme {
    /// What to draw for a cell on a terminal of `depth`: as its style says, but that the underline of a
    /// role is not drawn under a blank, where it would be a line without text.
    public func paint(_ cell: Cell, depth: ColorDepth) -> Paint {
        var paint = paint(cell.style, depth: depth)
        if cell.character == " ", !cell.style.attributes.contains(.underline) {
            paint.attributes.remove(.underline)
        }
        return paint
    }

    /// What to draw for `style` on a terminal of `depth`. Without colours, a background other than the
    /// text's becomes reverse.
    public func paint(_ style: Style, depth: ColorDepth) -> Paint {
        let look = look(of: style)
        if depth == .none, look.background != self.look(.text).background {
            return Paint(attributes: look.attributes.union(.reverse))
        }
        return look.paint(depth: depth)
    }

    /// The colours and attributes of a style.
    ///
    /// A cell on a ground keeps its own colour if the ground has a background; on a reversed
    /// ground it takes the colours of the ground, so that a selected row is one bar. What has no
    /// colour of its own takes that of the role `text`.
    func look(of style: Style) -> Look {
        var look = look(style.role)
        look.attributes.formUnion(style.attributes)
        if let ground = style.ground, ground != style.role {
            let base = self.look(ground)
            if base.attributes.contains(.reverse) {
                look.foreground = base.foreground
                look.background = base.background
                look.attributes.subtract([.reverse, .dim])
            } else if base.background.full != .terminal {
                look.background = base.background
            }
            look.attributes.formUnion(base.attributes)
        }
        return lookOnCanvas(look)
    }
}

extension Theme.Look {
    fileprivate func paint(depth: ColorDepth) -> Paint {
        var attributes = attributes
        var foreground = foreground.color(at: depth).index(at: depth)
        let background = background.color(at: depth).index(at: depth)
        switch depth {
        case .none, .palette256, .sixteen: break
        case .eight:
            // Eight colours have no bright ones: bold stands for them, faint text for dark grey.
            switch self.foreground.color(at: .sixteen).index(at: .sixteen) {
            case 8:
                attributes.insert(.dim)
                // The terminal's own text, or what is read on a background that is not its own.
                foreground = background.map { $0 == 7 ? 0 : 7 }
            case .some(9...): attributes.insert(.bold)
            case .some, .none: break
            }
        }
        return Paint(foreground: foreground, background: background, attributes: attributes)
    }
}
