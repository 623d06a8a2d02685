/// The rules for agent names. A valid name cannot be mistaken for another part of an address.
public enum AgentName {
    /// Whether a name has a visible character, is not `*`, and does not end in `/*`, the address of
    /// all agents of a hub.
    public static func isAddressable(_ name: String) -> Bool {
        name != "*" && !name.hasSuffix("/*") && !name.allSatisfy(\.isWhitespace)
    }

    /// Returns the name, changed where an address cannot hold it.
    ///
    /// `:` and `@` become `-`. A final `*` becomes `-` if it is the whole name or follows a `/`. A
    /// name longer than 128 bytes is cut. A name without a visible character becomes `agent`.
    public static func addressable(_ name: String) -> String {
        let plain = String(name.map { $0 == ":" || $0 == "@" ? "-" : $0 })
        let cut = WireLimits.cut(plain, to: WireLimits.nameBytes)
        if isAddressable(cut) { return cut }
        return cut.hasSuffix("*") ? cut.dropLast() + "-" : "agent"
    }
}
