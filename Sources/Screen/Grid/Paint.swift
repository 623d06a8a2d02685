/// The palette entries and attributes that a terminal needs to draw a style.
public struct Paint: Sendable, Hashable {
    /// The palette entry of the text; `nil` for the terminal's own colour.
    public var foreground: UInt8?
    /// The palette entry of the background; `nil` for the terminal's own colour.
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
    /// Returns what to draw for a cell on a terminal of `depth`. It follows the cell's style, but
    /// the underline of a role is not drawn under a blank, where there is no text.
    public func paint(_ cell: Cell, depth: ColorDepth) -> Paint {
        var paint = paint(cell.style, depth: depth)
        if cell.character == " ", !cell.style.attributes.contains(.underline) {
            paint.attributes.remove(.underline)
        }
        return paint
    }

    /// Returns what to draw for `style` on a terminal of `depth`. Without colours, a background
    /// that differs from that of ordinary text is drawn as reverse.
    public func paint(_ style: Style, depth: ColorDepth) -> Paint {
        let look = look(of: style)
        if depth == .none, look.background != self.look(.text).background {
            return Paint(attributes: look.attributes.union(.reverse))
        }
        return look.paint(depth: depth)
    }

    /// Returns the colours and attributes of a style.
    ///
    /// A cell on a ground keeps its own text colour if the ground has a background. On a reversed
    /// ground it takes the colours of the ground, so that a selected row looks like one bar. A look
    /// without a colour takes that of the role `text`.
    func look(of style: Style) -> Appearance {
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

extension Theme.Appearance {
    fileprivate func paint(depth: ColorDepth) -> Paint {
        var attributes = attributes
        var foreground = foreground.color(at: depth).index(at: depth)
        let background = background.color(at: depth).index(at: depth)
        switch depth {
        case .none, .palette256, .sixteen: break
        case .eight:
            // With eight colours, bold replaces the bright colours and faint text replaces dark
            // grey.
            switch self.foreground.color(at: .sixteen).index(at: .sixteen) {
            case 8:
                attributes.insert(.dim)
                // The terminal's own text colour, or a readable one if the background has a colour.
                foreground = background.map { $0 == 7 ? 0 : 7 }
            case .some(9...): attributes.insert(.bold)
            case .some, .none: break
            }
        }
        return Paint(foreground: foreground, background: background, attributes: attributes)
    }
}
