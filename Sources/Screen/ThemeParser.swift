import Yams

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
    ) throws(ThemeError) -> Theme {
        try ThemeParser(file: file, base: base).theme(yaml)
    }
}

/// Turns the nodes of a YAML document into a theme.
private struct ThemeParser {
    let file: String
    let base: (String) -> Theme?

    static let sizeLimit = 65536
    static let depthLimit = 32
    static let keys = ["name", "background", "extends", "palette", "roles", "glyphs"]
    static let roleKeys = ["fg", "bg", "bold", "dim", "underline", "reverse"]
    static let tintKeys = ["rgb", "256", "16"]

    func theme(_ yaml: String) throws(ThemeError) -> Theme {
        let root = try compose(yaml)
        let entries = try mapping(root, "theme", keys: Self.keys)
        guard let nameNode = entries["name"] else { throw error(root, .missingKey("name")) }
        var theme = Theme(name: try string(nameNode, "name"))
        if let node = entries["extends"] {
            let name = try string(node, "extends")
            guard name != theme.name, let parent = base(name) else {
                throw error(node, .unknownTheme(name))
            }
            theme.background = parent.background
            theme.looks = parent.looks
            theme.replacedGlyphs = parent.replacedGlyphs
        }
        if let node = entries["background"] {
            let names = Background.allCases.map(\.rawValue)
            let value = try string(node, "background")
            guard let background = Background(rawValue: value) else {
                throw invalid(node, "background", names.joined(separator: ", "))
            }
            theme.background = background
        }
        var palette: [String: Theme.Tint] = [:]
        if let node = entries["palette"] {
            for (name, value) in try mapping(node, "palette") {
                palette[name] = try tint(value, "palette.\(name)", palette: [:])
            }
        }
        if let node = entries["roles"] {
            for (name, value) in try mapping(node, "roles", keys: Role.allCases.map(\.rawValue)) {
                guard let role = Role(rawValue: name) else { continue }
                theme.looks[role] = try look(value, "roles.\(name)", palette: palette)
            }
        }
        if let node = entries["glyphs"] {
            for (name, value) in try mapping(node, "glyphs", keys: Glyph.allCases.map(\.rawValue)) {
                guard let glyph = Glyph(rawValue: name) else { continue }
                theme.replacedGlyphs[glyph] = try character(value, "glyphs.\(name)")
            }
        }
        return theme
    }

    private typealias Background = Theme.Background

    private func compose(_ yaml: String) throws(ThemeError) -> Node {
        guard yaml.utf8.count <= Self.sizeLimit else {
            throw ThemeError(file: file, line: 1, problem: .tooLarge("more than 64 KiB"))
        }
        // The parser is recursive; a theme has no use for more than a few levels.
        let brackets = yaml.utf8.filter { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "{") }
        guard !yaml.contains("- - - -"), !yaml.contains("? ? ? ?"),
            brackets.count <= 512
        else {
            throw ThemeError(file: file, line: 1, problem: .tooLarge("more than a few levels"))
        }
        let node: Node?
        do {
            node = try Yams.compose(yaml: yaml)
        } catch let error as YamlError {
            throw themeError(error, lines: yaml.utf8.count { $0 == UInt8(ascii: "\n") } + 1)
        } catch {
            throw ThemeError(file: file, line: 1, problem: .syntax("\(error)"))
        }
        guard let node else {
            throw ThemeError(file: file, line: 1, problem: .missingKey("name"))
        }
        return node
    }

    private func themeError(_ error: YamlError, lines: Int) -> ThemeError {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            // The end of the file counts as a line after the last one.
            return ThemeError(
                file: file, line: min(mark.line, lines), problem: .syntax(problem))
        case .duplicatedKeysInMapping(let duplicates, let context):
            let problem = ThemeError.Problem.duplicateKey(duplicates.joined(separator: ", "))
            return ThemeError(file: file, line: context.mark.line, problem: problem)
        default:
            return ThemeError(file: file, line: 1, problem: .syntax("\(error)"))
        }
    }

    /// The entries of a mapping, whose keys are strings out of `keys`.
    private func mapping(
        _ node: Node, _ name: String, keys: [String]? = nil
    ) throws(ThemeError) -> [String: Node] {
        guard let mapping = node.mapping else { throw invalid(node, name, "a mapping") }
        var entries: [String: Node] = [:]
        for (key, value) in mapping {
            let text = try string(key, name)
            if let keys, !keys.contains(text) {
                throw error(key, .unknownKey(text, expected: keys))
            }
            entries[text] = value
        }
        return entries
    }

    private func look(
        _ node: Node, _ name: String, palette: [String: Theme.Tint]
    ) throws(ThemeError) -> Theme.Look {
        var look = Theme.Look()
        let entries = try mapping(node, name, keys: Self.roleKeys)
        if let node = entries["fg"] {
            look.foreground = try tint(node, "\(name).fg", palette: palette)
        }
        if let node = entries["bg"] {
            look.background = try tint(node, "\(name).bg", palette: palette)
        }
        let attributes: [(String, Attributes)] = [
            ("bold", .bold), ("dim", .dim), ("underline", .underline), ("reverse", .reverse),
        ]
        for (key, attribute) in attributes {
            guard let node = entries[key], try bool(node, "\(name).\(key)") else { continue }
            look.attributes.insert(attribute)
        }
        return look
    }

    private func tint(
        _ node: Node, _ name: String, palette: [String: Theme.Tint]
    ) throws(ThemeError) -> Theme.Tint {
        guard node.mapping != nil else {
            if let text = node.scalar?.string, let tint = palette[text] { return tint }
            return Theme.Tint(try color(node, name))
        }
        let entries = try mapping(node, name, keys: Self.tintKeys)
        guard let full = entries["rgb"] ?? entries["256"] ?? entries["16"] else {
            throw error(node, .missingKey("rgb"))
        }
        var tint = Theme.Tint(try color(full, name))
        if let node = entries["256"] { tint.at256 = try index(node, "\(name).256", below: 256) }
        if let node = entries["16"] { tint.at16 = try index(node, "\(name).16", below: 16) }
        return tint
    }

    private func index(_ node: Node, _ name: String, below limit: Int) throws(ThemeError) -> UInt8 {
        guard case .indexed(let index) = try color(node, name), Int(index) < limit else {
            throw invalid(node, name, "a colour of the palette below \(limit)")
        }
        return index
    }

    private func color(_ node: Node, _ name: String) throws(ThemeError) -> Color {
        let expected = "#rrggbb, 0-255, a colour of the palette, an ANSI name or default"
        guard let text = node.scalar?.string else { throw invalid(node, name, expected) }
        if let color = Color.named(text) { return color }
        if let index = UInt8(text) { return .indexed(index) }
        let digits = text.dropFirst()
        guard text.hasPrefix("#"), digits.utf8.count == 6, digits.allSatisfy(\.isHexDigit),
            let value = UInt32(digits, radix: 16)
        else { throw invalid(node, name, expected) }
        return .rgb(
            UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255))
    }

    private func character(_ node: Node, _ name: String) throws(ThemeError) -> Character {
        guard let text = node.scalar?.string, text.count == 1, let character = text.first,
            DisplayWidth.of(character) == 1,
            !character.unicodeScalars.contains(where: DisplayWidth.isForbidden)
        else { throw invalid(node, name, "one character that is one column wide") }
        return character
    }

    private func bool(_ node: Node, _ name: String) throws(ThemeError) -> Bool {
        switch node.scalar?.string {
        case "true": return true
        case "false": return false
        case .some, .none: throw invalid(node, name, "true or false")
        }
    }

    private func string(_ node: Node, _ name: String) throws(ThemeError) -> String {
        guard let text = node.scalar?.string, !text.isEmpty else {
            throw invalid(node, name, "a word")
        }
        return text
    }

    private func invalid(_ node: Node, _ name: String, _ expected: String) -> ThemeError {
        let found = node.scalar?.string ?? (node.mapping != nil ? "a mapping" : "a list")
        return error(node, .invalidValue(key: name, value: found, expected: expected))
    }

    private func error(_ node: Node, _ problem: ThemeError.Problem) -> ThemeError {
        ThemeError(file: file, line: node.mark?.line ?? 1, problem: problem)
    }
}
