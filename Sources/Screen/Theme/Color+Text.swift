extension Color: CustomStringConvertible {
    /// The colour as a theme writes it: `default`, `130` or `#b06100`.
    public var description: String {
        switch self {
        case .terminal: return "default"
        case .indexed(let index): return "\(index)"
        case .rgb(let red, let green, let blue):
            let digits = [red, green, blue].map {
                ($0 < 16 ? "0" : "") + String($0, radix: 16)
            }
            return "#\(digits.joined())"
        }
    }
}
