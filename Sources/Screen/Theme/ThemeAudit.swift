import Settings

/// How well a theme can be read, measured: contrasts, and how far states are apart in the eyes of
/// those who see fewer colours.
///
/// Colours are measured as they are meant and as a terminal of 256 colours shows them; the worse of
/// the two counts. The sixteen of ANSI are whatever each user has set, and are not measured.
public struct ThemeAudit: Sendable {
    /// How well the text of a role is read.
    public struct Contrast: Sendable, Hashable {
        /// The role.
        public let role: Role
        /// What it was measured against, in words, such as `black`.
        public let against: String
        /// The ratio of WCAG 2.1, 1 to 21.
        public let ratio: Double

        /// The least that WCAG 2.1 asks of text (success criterion 1.4.3, level AA):
        /// https://www.w3.org/TR/WCAG21/#contrast-minimum
        public static let least = 4.5
    }

    /// How far two states are apart.
    public struct Distance: Sendable, Hashable {
        /// One state.
        public let first: Role
        /// Another one.
        public let second: Role
        /// By colour, in CIEDE2000, for each kind of eye; nothing where one of them has the
        /// terminal's own colour.
        public let byVision: [ColorVision: Double]
        /// Whether bold, underline or reverse differ, which every terminal has.
        public let differsByAttributes: Bool

        /// The least that tells two colours of small signs apart at a glance. About 1 is just seen
        /// side by side; above 5 observers speak of two colours (Mokrzycki and Tatol, "Colour
        /// difference ΔE - A survey", Machine Graphics and Vision 20(4), 2011); twice that is taken.
        public static let least = 10.0

        /// The smallest for any kind of eye; 0 where no colours are to be compared.
        public var smallest: Double { byVision.values.min() ?? 0 }

        /// Whether the two can be told apart.
        public var isEnough: Bool { differsByAttributes || smallest >= Self.least }
    }

    /// The looks of a breaker and of what is not fed, in their order.
    public static let states: [Role] = [.closed, .halfOpen, .open, .forced, .disabled, .stale]

    /// The contrasts of all roles that have a fixed colour.
    public let contrasts: [Contrast]
    /// The distances of all pairs of states.
    public let distances: [Distance]
    /// States that have the same sign.
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

    /// A colour as it is meant, and as 256 colours show it.
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
        // A selected row keeps the colours of its cells, unless it is reversed.
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
