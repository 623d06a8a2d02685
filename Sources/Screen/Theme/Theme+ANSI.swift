extension Theme {
    /// Returns spans as text with the ECMA-48 escape sequences for their styles, for output that is
    /// printed instead of drawn. Characters that a terminal must not receive are replaced.
    public func ansi(_ spans: [Span], depth: ColorDepth) -> String {
        spans.map { span in
            let text = String(
                String.UnicodeScalarView(
                    span.text.unicodeScalars.map {
                        DisplayWidth.isForbidden($0) ? Grid.replacement : $0
                    }))
            let codes = paint(span.style, depth: depth).codes(depth: depth)
            return codes.isEmpty ? text : "\u{1B}[\(codes.joined(separator: ";"))m\(text)\u{1B}[0m"
        }.joined()
    }
}

extension Paint {
    fileprivate func codes(depth: ColorDepth) -> [String] {
        let attributes: [(Attributes, String)] = [
            (.bold, "1"), (.dim, "2"), (.underline, "4"), (.reverse, "7"),
        ]
        var codes = attributes.filter { self.attributes.contains($0.0) }.map(\.1)
        if let foreground { codes.append(Self.code(foreground, depth, base: 30)) }
        if let background { codes.append(Self.code(background, depth, base: 40)) }
        return codes
    }

    private static func code(_ index: UInt8, _ depth: ColorDepth, base: Int) -> String {
        switch (depth, index) {
        case (.palette256, 16...): "\(base + 8);5;\(index)"
        case (_, 8...): "\(base + 60 + Int(index & 7))"
        default: "\(base + Int(index))"
        }
    }
}
