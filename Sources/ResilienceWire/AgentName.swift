/// What an agent may be called, so that an address can mean it and nothing else.
public enum AgentName {
    /// Whether a name has a visible character, is not `*`, and does not end in `/*`, which is the address of
    /// all agents of a hub.
    public static func isAddressable(_ name: String) -> Bool {
        name != "*" && !name.hasSuffix("/*") && !name.allSatisfy(\.isWhitespace)
    }

    /// The name, or the nearest one that can be addressed: `:` and `@` become `-`, and so does a `*` at the
    /// end where that is all, or stands behind a `/`; beyond 128 bytes it is cut. Without a visible character
    /// it is `agent`.
    public static func addressable(_ name: String) -> String {
        let plain = String(name.map { $0 == ":" || $0 == "@" ? "-" : $0 })
        let cut = WireLimits.cut(plain, to: WireLimits.nameBytes)
        if isAddressable(cut) { return cut }
        return cut.hasSuffix("*") ? cut.dropLast() + "-" : "agent"
    }
}
