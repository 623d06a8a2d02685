/// Rendering of a screen as an SVG 1.1 image: https://www.w3.org/TR/SVG11/
///
/// Each run of cells of one style becomes one `text` element with a `textLength`, so that the
/// columns align in every font.
extension Theme {
    /// The size of a cell and the position of its text, in user units.
    private enum Metrics {
        static let width = 9
        static let height = 18
        static let baseline = 14
        static let fontSize = 15
    }

    /// Consecutive cells of one row that have the same look.
    private struct Stretch {
        let start: Int
        var columns: Int
        var text: String
        let look: Appearance
        let isBlank: Bool
    }

    /// Returns an image of a grid in the full colours of this theme.
    ///
    /// The colours of the terminal are unknown here. If a theme uses them, the image is light on
    /// dark, or dark on light if the theme was made for a light background.
    ///
    /// - Returns: an XML document that ends with a line feed.
    public func svg(_ grid: Grid) -> String {
        let (width, height) = (grid.width * Metrics.width, grid.height * Metrics.height)
        let canvas = colors(of: look(of: .text))
        var lines = [
            #"<svg xmlns="http://www.w3.org/2000/svg" width="\#(width)" height="\#(height)" "#
                + #"viewBox="0 0 \#(width) \#(height)">"#,
            #"<rect width="100%" height="100%" fill="\#(canvas.background)"/>"#,
            #"<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" "#
                + #"font-size="\#(Metrics.fontSize)" xml:space="preserve">"#,
        ]
        for y in 0..<grid.height {
            for stretch in stretches(grid.row(y)) {
                lines += elements(stretch, y: y, canvas: canvas.background)
            }
        }
        lines += ["</g>", "</svg>"]
        return lines.joined(separator: "\n") + "\n"
    }

    private func stretches(_ row: ArraySlice<Cell>) -> [Stretch] {
        var stretches: [Stretch] = []
        for (x, cell) in row.enumerated() {
            if cell.extent == .continuation {
                if !stretches.isEmpty { stretches[stretches.count - 1].columns += 1 }
                continue
            }
            let look = look(of: cell.style)
            let isBlank =
                cell.character == " " && !cell.style.attributes.contains(.underline)
            if let last = stretches.last, last.look == look, last.isBlank == isBlank {
                stretches[stretches.count - 1].columns += 1
                stretches[stretches.count - 1].text.append(cell.character)
            } else {
                stretches.append(
                    Stretch(
                        start: x, columns: 1, text: String(cell.character), look: look,
                        isBlank: isBlank))
            }
        }
        return stretches
    }

    private func elements(_ stretch: Stretch, y: Int, canvas: String) -> [String] {
        let colors = colors(of: stretch.look)
        let (x, width) = (stretch.start * Metrics.width, stretch.columns * Metrics.width)
        var elements: [String] = []
        if colors.background != canvas {
            elements.append(
                #"<rect x="\#(x)" y="\#(y * Metrics.height)" width="\#(width)" "#
                    + #"height="\#(Metrics.height)" fill="\#(colors.background)"/>"#)
        }
        guard !stretch.isBlank else { return elements }
        let attributes = stretch.look.attributes
        elements.append(
            #"<text x="\#(x)" y="\#(y * Metrics.height + Metrics.baseline)" textLength="\#(width)" "#
                + #"lengthAdjust="spacingAndGlyphs" fill="\#(colors.foreground)""#
                + (attributes.contains(.dim) ? #" fill-opacity="0.6""# : "")
                + (attributes.contains(.bold) ? #" font-weight="bold""# : "")
                + (attributes.contains(.underline) ? #" text-decoration="underline""# : "")
                + ">\(Self.escaped(stretch.text))</text>")
        return elements
    }

    private func colors(of look: Appearance) -> (foreground: String, background: String) {
        let (text, ground) = background == .light ? ("#1c1c1c", "#ffffff") : ("#d0d0d0", "#101418")
        let foreground = Self.hexadecimal(look.foreground.full) ?? text
        let background = Self.hexadecimal(look.background.full) ?? ground
        return look.attributes.contains(.reverse)
            ? (background, foreground) : (foreground, background)
    }

    private static func hexadecimal(_ color: Color) -> String? {
        color.components.map { "\(Color.rgb($0.red, $0.green, $0.blue))" }
    }

    /// Escapes text for XML. A grid has no control characters; of the others, XML 1.0 excludes
    /// U+FFFE and U+FFFF.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\u{FFFE}", "\u{FFFF}": result.unicodeScalars.append(Grid.replacement)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
