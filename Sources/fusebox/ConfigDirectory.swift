/// Where this user's wishes are: `$XDG_CONFIG_HOME/fusebox`.
enum ConfigDirectory {
    static var path: String { BaseDirectory.path("XDG_CONFIG_HOME", else: ".config") + "/fusebox" }
}
