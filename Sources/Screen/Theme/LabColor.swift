import Foundation

/// A colour by human perception: lightness, red-green and yellow-blue (CIE 1976 L*a*b*, D65).
struct LabColor: Sendable, Hashable {
    let lightness: Double
    let a: Double
    let b: Double

    init(lightness: Double, a: Double, b: Double) {
        (self.lightness, self.a, self.b) = (lightness, a, b)
    }

    /// Converts through CIE XYZ, with the sRGB primaries:
    /// http://www.brucelindbloom.com/Eqn_RGB_XYZ_Matrix.html
    init(_ color: LinearColor) {
        func root(_ value: Double) -> Double {
            value > 216.0 / 24_389 ? cbrt(value) : (24_389.0 / 27 * value + 16) / 116
        }
        let (red, green, blue) = (color.red, color.green, color.blue)
        let x = root((0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047)
        let y = root(0.2126729 * red + 0.7151522 * green + 0.0721750 * blue)
        let z = root((0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883)
        self.init(lightness: 116 * y - 16, a: 500 * (x - y), b: 200 * (y - z))
    }

    /// Returns the colour difference CIEDE2000: about 1 is just visible, 100 is black against
    /// white.
    ///
    /// After Sharma, Wu and Dalal, "The CIEDE2000 Color-Difference Formula: Implementation Notes",
    /// Color Research and Application 30(1), 2005: https://hajim.rochester.edu/ece/sites/gsharma/ciede2000/
    func distance(to other: LabColor) -> Double {
        let stretch = 1 + 0.5 * (1 - Self.weight((hypot(a, b) + hypot(other.a, other.b)) / 2))
        let chroma = (hypot(a * stretch, b), hypot(other.a * stretch, other.b))
        let hue = (Self.hue(a * stretch, b), Self.hue(other.a * stretch, other.b))
        let isGrey = chroma.0 * chroma.1 == 0

        var turn = isGrey ? 0 : hue.1 - hue.0
        if turn > 180 { turn -= 360 }
        if turn < -180 { turn += 360 }
        let lightnessStep = other.lightness - lightness
        let chromaStep = chroma.1 - chroma.0
        let hueStep = 2 * (chroma.0 * chroma.1).squareRoot() * Self.sine(turn / 2)

        let meanLightness = (lightness + other.lightness) / 2
        let meanChroma = (chroma.0 + chroma.1) / 2
        var meanHue = hue.0 + hue.1
        if !isGrey {
            if abs(hue.0 - hue.1) > 180 { meanHue += meanHue < 360 ? 360 : -360 }
            meanHue /= 2
        }

        let hueWeight =
            1 - 0.17 * Self.cosine(meanHue - 30) + 0.24 * Self.cosine(2 * meanHue)
            + 0.32 * Self.cosine(3 * meanHue + 6) - 0.20 * Self.cosine(4 * meanHue - 63)
        let squared = (meanLightness - 50) * (meanLightness - 50)
        let lightnessScale = 1 + 0.015 * squared / (20 + squared).squareRoot()
        let chromaScale = 1 + 0.045 * meanChroma
        let hueScale = 1 + 0.015 * meanChroma * hueWeight
        let bend = (meanHue - 275) / 25
        let rotation = -Self.sine(60 * exp(-bend * bend)) * 2 * Self.weight(meanChroma)

        let byLightness = lightnessStep / lightnessScale
        let byChroma = chromaStep / chromaScale
        let byHue = hueStep / hueScale
        let sum =
            byLightness * byLightness + byChroma * byChroma + byHue * byHue
            + rotation * byChroma * byHue
        return max(0, sum).squareRoot()
    }

    /// Returns the weight of the correction for blue at a chroma.
    private static func weight(_ chroma: Double) -> Double {
        let power = pow(chroma, 7)
        return (power / (power + pow(25, 7))).squareRoot()
    }

    private static func hue(_ a: Double, _ b: Double) -> Double {
        guard a != 0 || b != 0 else { return 0 }
        let degrees = atan2(b, a) * 180 / .pi
        return degrees < 0 ? degrees + 360 : degrees
    }

    private static func sine(_ degrees: Double) -> Double { sin(degrees * .pi / 180) }
    private static func cosine(_ degrees: Double) -> Double { cos(degrees * .pi / 180) }
}
