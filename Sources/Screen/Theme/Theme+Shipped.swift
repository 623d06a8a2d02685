public import Settings

extension Theme {
    /// The names of the built-in themes.
    public static let shipped: [String] = sources.map(\.name)

    /// The theme to use if the user chose none. If its file were invalid, it would be plain text; a
    /// test excludes that.
    public static let `default`: Theme = (try? shipped(named: "default")) ?? Theme(name: "default")

    /// Returns the built-in theme with this name, or `nil` if there is none.
    public static func shipped(named name: String) throws(SettingsError) -> Theme? {
        guard let yaml = source(of: name) else { return nil }
        return try load(yaml: yaml, file: "themes/\(name).yaml") { (base) throws(SettingsError) in
            base == name ? nil : try shipped(named: base)
        }
    }

    /// Returns the text of the built-in theme file with this name, or `nil` if there is none.
    public static func source(of name: String) -> String? {
        guard let source = sources.first(where: { $0.name == name }) else { return nil }
        return String(decoding: source.yaml, as: UTF8.self)
    }

    private static let sources: [(name: String, yaml: [UInt8])] = [
        ("default", PackageResources.default_yaml),
        ("light", PackageResources.light_yaml),
        ("high-contrast", PackageResources.high_contrast_yaml),
        ("colour-blind-safe", PackageResources.colour_blind_safe_yaml),
        ("monochrome", PackageResources.monochrome_yaml),
        ("gruvbox", PackageResources.gruvbox_yaml),
    ]
}
