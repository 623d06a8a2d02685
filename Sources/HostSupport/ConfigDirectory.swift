/// The directory of this user's configuration: `$XDG_CONFIG_HOME/fusebox`.
package enum ConfigDirectory {
    package static var path: String {
        BaseDirectory.path("XDG_CONFIG_HOME", else: ".config") + "/fusebox"
    }
}
