import Settings

/// A measurement of a theme's legibility: text contrast, and how different breaker states look with
/// normal and deficient colour vision.
///
/// Each colour is measured as intended and as a terminal of 256 colours shows it; the worse result
/// counts. The sixteen ANSI colours depend on the user's settings and are not measured.
public struct ThemeAudit: Sendable {
    /// The contrast between the text of a role and a background.
    public struct Contrast: Sendable, Hashable {
        /// The role.
        public let role: Role
        /// The background of the measurement, in words, such as `black`.
        public let against: String
        /// The contrast ratio of WCAG 2.1, 1 to 21.
        public let ratio: Double

        /// The minimum contrast ratio of text in WCAG 2.1 (success criterion 1.4.3, level AA):
        /// https://www.w3.org/TR/WCAG21/#contrast-minimum
        public static let least = 4.5
    }

    /// The difference between the looks of two states.
    public struct Distance: Sendable, Hashable {
        /// The first state.
        public let first: Role
        /// The second state.
        public let second: Role
        /// The CIEDE2000 difference for each kind of colour vision; empty if one of the states has
        /// the terminal's own colour.
        public let byVision: [ColorVision: Double]
        /// Whether the states differ in bold, underline or reverse, which every terminal has.
        public let differsByAttributes: Bool

        /// The minimum difference at which small signs can be distinguished at a glance. A
        /// difference of 1 is just visible side by side. Above 5, observers see two different
        /// colours (Mokrzycki and Tatol, "Colour difference ΔE - A survey", Machine Graphics and
        /// Vision 20(4), 2011). This limit is twice that.
        public static let least = 10.0

        /// The smallest difference over all kinds of colour vision; 0 if there are no colours to
        /// compare.
        public var smallest: Double { byVision.values.min() ?? 0 }

        /// Whether the two states can be distinguished.
        public var isEnough: Bool { differsByAttributes || smallest >= Self.least }
    }

    /// The roles of breaker states and of stale values, in display order.
    public static let states: [Role] = [.closed, .halfOpen, .open, .forced, .disabled, .stale]

    /// The contrasts of all roles with a fixed colour.
    public let contrasts: [Contrast]
    /// The differences of all pairs of states.
    public let distances: [Distance]
    /// The pairs of states with the same sign.
    public let sameSigns: [(first: Role, second: Role)]

    /// Measures a theme.
    public init(_ theme: Theme) {
        contrasts = Role.allCases.flatMap { Self.contrasts(of: $0, theme) }
        var distances: [Distance] = []
        var sameSigns: [(first: Role, second: Role)] = []
        let glyphs = theme.glyphs(ascii: false)
        for (index, first) in Self.states.enumerated() {
            for second in Self.states[(index + 1)...] {
                distances.append(Self.distance(first, second, theme))
                if let one = Glyph(rawValue: first.rawValue),
                    let other = Glyph(rawValue: second.rawValue), glyphs[one] == glyphs[other]
                {
                    sameSigns.append((first, second))
                }
            }
        }
        self.distances = distances
        self.sameSigns = sameSigns
    }

    /// Returns a tint's colours as intended and as a terminal of 256 colours shows them.
    private static func forms(of tint: Theme.Tint) -> [LinearColor] {
        [tint.full, tint.color(at: .palette256).index(at: .palette256).map(Color.indexed)]
            .compactMap { $0?.components.map(LinearColor.init) }
    }

    private static func contrasts(of role: Role, _ theme: Theme) -> [Contrast] {
        let look = theme.lookOnCanvas(role)
        let text = forms(of: look.foreground)
        let ground = forms(of: look.background)
        let black = ("black", [LinearColor((0, 0, 0))])
        let white = ("white", [LinearColor((255, 255, 255))])
        let pairs: [(String, [LinearColor], [LinearColor])]
        switch (text.isEmpty, ground.isEmpty, theme.background) {
        case (true, true, _): return []
        case (false, false, _): pairs = [("its background", text, ground)]
        case (_, _, .any):
            pairs = [black, white].map { ($0.0, text + ground, $0.1) }
        case (false, true, .dark), (true, false, .light):
            pairs = [(black.0, text + ground, black.1)]
        case (false, true, .light), (true, false, .dark):
            pairs = [(white.0, text + ground, white.1)]
        }
        var measured = pairs
        let selection = theme.look(.selection)
        // A selected row keeps the colours of its cells, unless the selection is reversed.
        if !selection.attributes.contains(.reverse), !text.isEmpty {
            let under = forms(of: selection.background)
            if !under.isEmpty { measured.append(("the selection", text, under)) }
        }
        return measured.map { against, inks, papers in
            let ratios = zip(inks, papers.count == 1 ? inks.map { _ in papers[0] } : papers)
                .map { $0.contrast(with: $1) }
            return Contrast(role: role, against: against, ratio: ratios.min() ?? 1)
        }
    }

    private static func distance(_ first: Role, _ second: Role, _ theme: Theme) -> Distance {
        let looks = (theme.lookOnCanvas(first), theme.lookOnCanvas(second))
        let colors = (forms(of: looks.0.foreground), forms(of: looks.1.foreground))
        var byVision: [ColorVision: Double] = [:]
        for vision in ColorVision.allCases {
            byVision[vision] = zip(colors.0, colors.1).map {
                LabColor(vision.seen($0)).distance(to: LabColor(vision.seen($1)))
            }.min()
        }
        let seen: Attributes = [.bold, .underline, .reverse]
        return Distance(
            first: first, second: second, byVision: byVision,
            differsByAttributes: looks.0.attributes.intersection(seen)
                != looks.1.attributes.intersection(seen))
    }
}
