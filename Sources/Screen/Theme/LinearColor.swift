import Foundation

/// Red, green and blue in linear light, from 0 to 1, as colour formulas need them.
struct LinearColor: Sendable, Hashable {
    var red: Double
    var green: Double
    var blue: Double

    /// Converts from sRGB by the inverse of its transfer curve (IEC 61966-2-1).
    init(_ color: (red: UInt8, green: UInt8, blue: UInt8)) {
        func linear(_ value: UInt8) -> Double {
            let value = Double(value) / 255
            return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
        self.init(
            red: linear(color.red), green: linear(color.green), blue: linear(color.blue))
    }

    /// Creates a colour from linear light. Values outside of 0 to 1 are limited to that range.
    init(red: Double, green: Double, blue: Double) {
        func limit(_ value: Double) -> Double { min(1, max(0, value)) }
        (self.red, self.green, self.blue) = (limit(red), limit(green), limit(blue))
    }

    /// Relative luminance: https://www.w3.org/TR/WCAG21/#dfn-relative-luminance
    var luminance: Double { 0.2126 * red + 0.7152 * green + 0.0722 * blue }

    /// Returns the contrast ratio of WCAG, 1 to 21:
    /// https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio
    func contrast(with other: LinearColor) -> Double {
        let (a, b) = (luminance, other.luminance)
        return (max(a, b) + 0.05) / (min(a, b) + 0.05)
    }
}
