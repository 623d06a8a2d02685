public import Settings

extension Theme {
    /// Reads a theme. Everything that a theme does not have is an error.
    ///
    /// - Parameters:
    ///   - yaml: the text, at most 64 KiB.
    ///   - file: its name, for errors.
    ///   - base: looks up the theme that `extends` names; the built-in ones by default.
    public static func load(
        yaml: String, file: String,
        base: @escaping (String) -> Theme? = { try? shipped(named: $0) }
    ) throws(SettingsError) -> Theme {
        guard let root = try Setting.read(yaml: yaml, file: file, as: "theme") else {
            throw SettingsError(file: file, line: 1, problem: .missingKey("name"))
        }
        return try ThemeParser(base: base).theme(root)
    }
}

/// Turns the settings of a file into a theme.
private struct ThemeParser {
    let base: (String) -> Theme?

    static let keys = ["name", "background", "extends", "palette", "roles", "glyphs"]
    static let roleKeys = ["fg", "bg", "bold", "dim", "underline", "reverse"]
    static let tintKeys = ["rgb", "256", "16"]

    func theme(_ root: Setting) throws(SettingsError) -> Theme {
        let entries = try root.entries(Self.keys)
        guard let nameSetting = entries["name"] else { throw root.error(.missingKey("name")) }
        var theme = Theme(name: try nameSetting.word())
        if let setting = entries["extends"] {
            let name = try setting.word()
            guard name != theme.name, let parent = base(name) else {
                throw setting.error(.other("no theme \(name) to extend"))
            }
            theme.background = parent.background
            theme.looks = parent.looks
            theme.replacedGlyphs = parent.replacedGlyphs
        }
        if let setting = entries["background"] {
            let names = Theme.Background.allCases.map(\.rawValue)
            theme.background = try setting.value(names.joined(separator: ", ")) {
                Theme.Background(rawValue: $0)
            }
        }
        var palette: [String: Theme.Tint] = [:]
        if let setting = entries["palette"] {
            for (name, value) in try setting.entries() {
                palette[name] = try tint(value, palette: [:])
            }
        }
        if let setting = entries["roles"] {
            for (name, value) in try setting.entries(Role.allCases.map(\.rawValue)) {
                guard let role = Role(rawValue: name) else { continue }
                theme.looks[role] = try look(value, palette: palette)
            }
        }
        if let setting = entries["glyphs"] {
            for (name, value) in try setting.entries(Glyph.allCases.map(\.rawValue)) {
                guard let glyph = Glyph(rawValue: name) else { continue }
                theme.replacedGlyphs[glyph] = try character(value)
            }
        }
        return theme
    }

    private func look(
        _ setting: Setting, palette: [String: Theme.Tint]
    ) throws(SettingsError) -> Theme.Look {
        var look = Theme.Look()
        let entries = try setting.entries(Self.roleKeys)
        if let setting = entries["fg"] {
            look.foreground = try tint(setting, palette: palette)
        }
        if let setting = entries["bg"] {
            look.background = try tint(setting, palette: palette)
        }
        let attributes: [(String, Attributes)] = [
            ("bold", .bold), ("dim", .dim), ("underline", .underline), ("reverse", .reverse),
        ]
        for (key, attribute) in attributes {
            guard let setting = entries[key], try setting.bool() else { continue }
            look.attributes.insert(attribute)
        }
        return look
    }

    private func tint(
        _ setting: Setting, palette: [String: Theme.Tint]
    ) throws(SettingsError) -> Theme.Tint {
        guard setting.isMapping else {
            if let text = setting.text, let tint = palette[text] { return tint }
            return Theme.Tint(try color(setting))
        }
        let entries = try setting.entries(Self.tintKeys)
        guard let full = entries["rgb"] ?? entries["256"] ?? entries["16"] else {
            throw setting.error(.missingKey("rgb"))
        }
        var tint = Theme.Tint(try color(full))
        if let setting = entries["256"] { tint.at256 = try index(setting, below: 256) }
        if let setting = entries["16"] { tint.at16 = try index(setting, below: 16) }
        return tint
    }

    private func index(_ setting: Setting, below limit: Int) throws(SettingsError) -> UInt8 {
        guard case .indexed(let index) = try color(setting), Int(index) < limit else {
            throw setting.invalid("a colour of the palette below \(limit)")
        }
        return index
    }

    private func color(_ setting: Setting) throws(SettingsError) -> Color {
        try setting.value("#rrggbb, 0-255, a colour of the palette, an ANSI name or default") {
            text in
            if let color = Color.named(text) { return color }
            if let index = UInt8(text) { return .indexed(index) }
            let digits = text.dropFirst()
            guard text.hasPrefix("#"), digits.utf8.count == 6, digits.allSatisfy(\.isHexDigit),
                let value = UInt32(digits, radix: 16)
            else { return nil }
            return .rgb(
                UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255))
        }
    }

    private func character(_ setting: Setting) throws(SettingsError) -> Character {
        try setting.value("one character that is one column wide") { text in
            guard text.count == 1, let character = text.first, DisplayWidth.of(character) == 1,
                !character.unicodeScalars.contains(where: DisplayWidth.isForbidden)
            else { return nil }
            return character
        }
    }
}
