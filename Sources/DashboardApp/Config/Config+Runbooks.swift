package import Dashboard
package import Settings

extension Runbook {
    /// Reads an entry of `runbooks`: an address pattern and a URL.
    package init(_ setting: Setting) throws(SettingsError) {
        let entries = try setting.entries(["match", "url"])
        func entry(_ key: String) throws(SettingsError) -> Setting {
            guard let entry = entries[key] else { throw setting.error(.missingKey(key)) }
            return entry
        }
        let url = try entry("url").value("an address that begins with https:// or http://") {
            text in
            let isWeb = text.hasPrefix("https://") || text.hasPrefix("http://")
            return isWeb && text.utf8.count <= 1_024 && text.isPrintable && !text.contains(" ")
                ? text : nil
        }
        self.init(match: try entry("match").pattern(), url: url)
    }
}
