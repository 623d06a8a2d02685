import Testing

@testable import Terminal

@Suite struct LocaleTests {
    /// Chooses a locale on a system with the given installed locales.
    private func choose(_ name: String?, installed: [String: String]) -> Locale {
        Locale.choose(name) { installed[$0.isEmpty ? name ?? "C" : $0] }
    }

    private let machine = ["C": "ANSI_X3.4-1968", "C.UTF-8": "UTF-8", "de_DE.UTF-8": "UTF-8"]

    @Test func installedLocaleIsUsed() {
        #expect(choose("de_DE.UTF-8", installed: machine) == .utf8())
        #expect(choose("C", installed: machine) == .other(charset: "ANSI_X3.4-1968"))
        #expect(choose(nil, installed: machine) == .other(charset: "ANSI_X3.4-1968"))
    }

    @Test(arguments: ["xx_YY.UTF-8", "xx_YY.utf8", "xx_YY.UTF8@euro", "UTF-8"])
    func missingUTF8LocaleIsReplacedByC(_ name: String) {
        let locale = choose(name, installed: machine)
        #expect(locale == .utf8(inPlaceOf: name))
        #expect(locale.isUTF8 && locale.notice == nil && locale.words.contains(name))
    }

    @Test func missingLocaleWithoutReplacementIsReported() {
        for (name, installed) in [("xx_YY", machine), ("xx_YY.UTF-8", ["C": "ANSI_X3.4-1968"])] {
            let locale = choose(name, installed: installed)
            #expect(locale == .missing(name: name) && !locale.isUTF8)
            #expect(locale.notice == "the locale '\(name)' is not installed: drawn in ASCII")
        }
    }
}
