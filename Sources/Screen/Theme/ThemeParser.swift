import Settings

/// Converts the settings of a file to a theme. It continues after an error to report all of them.
struct ThemeParser {
    let base: ThemeFile.Base
    var theme = Theme(name: "")
    var problems: [SettingsError] = []
    var lines: [Role: Int] = [:]

    private static let keys = ["name", "background", "extends", "palette", "roles", "glyphs"]
    private static let roleKeys = ["fg", "bg", "bold", "dim", "underline", "reverse"]
    private static let tintKeys = ["rgb", "256", "16"]

    init(base: @escaping ThemeFile.Base) {
        self.base = base
    }

    mutating func read(_ root: Setting) throws(SettingsError) {
        let entries = try entries(of: root, Self.keys)
        if let setting = entries["name"] {
            collect { (parser) throws(SettingsError) in parser.theme.name = try setting.word() }
        } else {
            problems.append(root.error(.missingKey("name")))
        }
        if let setting = entries["extends"] {
            collect { (parser) throws(SettingsError) in try parser.extend(setting) }
        }
        if let setting = entries["background"] {
            let names = Theme.Background.allCases.map(\.rawValue)
            collect { (parser) throws(SettingsError) in
                parser.theme.background = try setting.value(names.joined(separator: ", ")) {
                    Theme.Background(rawValue: $0)
                }
            }
        }
        if let setting = entries["palette"] {
            collect { (parser) throws(SettingsError) in try parser.readPalette(setting) }
        }
        if let setting = entries["roles"] {
            collect { (parser) throws(SettingsError) in try parser.readRoles(setting) }
        }
        if let setting = entries["glyphs"] {
            collect { (parser) throws(SettingsError) in try parser.readGlyphs(setting) }
        }
    }

    private mutating func extend(_ setting: Setting) throws(SettingsError) {
        let (name, own) = (try setting.word(), theme.name)
        guard let parent = try base(name) else {
            throw setting.error(.other("no theme \(name) to extend"))
        }
        theme = parent
        theme.name = own
    }

    private mutating func readPalette(_ setting: Setting) throws(SettingsError) {
        for (name, value) in try setting.entries() {
            collect { (parser) throws(SettingsError) in
                parser.theme.palette[name] = try parser.tint(value, named: false)
            }
        }
    }

    private mutating func readRoles(_ setting: Setting) throws(SettingsError) {
        for (name, value) in try entries(of: setting, Role.allCases.map(\.rawValue)) {
            guard let role = Role(rawValue: name) else { continue }
            lines[role] = value.line
            collect { (parser) throws(SettingsError) in
                parser.theme.looks[role] = try parser.look(value)
            }
        }
    }

    private mutating func readGlyphs(_ setting: Setting) throws(SettingsError) {
        for (name, value) in try entries(of: setting, Glyph.allCases.map(\.rawValue)) {
            guard let glyph = Glyph(rawValue: name) else { continue }
            collect { (parser) throws(SettingsError) in
                parser.theme.replacedGlyphs[glyph] = try parser.character(value)
            }
        }
    }

    /// Reads one part of the file. An error in it is collected, so that the other parts are still
    /// read.
    private mutating func collect(
        _ read: (inout ThemeParser) throws(SettingsError) -> Void
    ) {
        do throws(SettingsError) {
            try read(&self)
        } catch {
            problems.append(error)
        }
    }

    private mutating func entries(
        of setting: Setting, _ keys: [String]
    ) throws(SettingsError) -> [String: Setting] {
        var unknown: [SettingsError] = []
        let entries = try setting.entries(keys) { unknown.append($0) }
        problems += unknown
        return entries
    }

    private mutating func look(_ setting: Setting) throws(SettingsError) -> Theme.Appearance {
        var look = Theme.Appearance()
        let entries = try entries(of: setting, Self.roleKeys)
        if let setting = entries["fg"] {
            look.foreground = try tint(setting)
        }
        if let setting = entries["bg"] {
            look.background = try tint(setting)
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

    /// - Parameter named: whether the value may be a name of the palette.
    private mutating func tint(
        _ setting: Setting, named: Bool = true
    ) throws(SettingsError) -> Theme.Tint {
        guard setting.isMapping else {
            if named, let text = setting.text, let tint = theme.palette[text] { return tint }
            return Theme.Tint(try color(setting))
        }
        let entries = try entries(of: setting, Self.tintKeys)
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
