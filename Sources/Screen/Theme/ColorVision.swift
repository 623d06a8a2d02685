/// A kind of colour vision.
public enum ColorVision: String, Sendable, Hashable, CaseIterable {
    /// Normal vision, with all three types of cones.
    case normal
    /// Vision without long-wavelength cones: red looks dark.
    case protanopia
    /// Vision without medium-wavelength cones: red and green look alike.
    case deuteranopia
    /// Vision without short-wavelength cones: blue and green look alike.
    case tritanopia

    /// Returns a colour as a viewer with this vision sees it, shown for normal vision.
    ///
    /// The matrices are those for severity 1.0 in linear light by Machado, Oliveira and Fernandes,
    /// "A Physiologically-based Model for Simulation of Color Vision Deficiency", IEEE TVCG 15(6),
    /// 2009: https://www.inf.ufrgs.br/~oliveira/pubs_files/CVD_Simulation/CVD_Simulation.html
    func seen(_ color: LinearColor) -> LinearColor {
        func mixed(_ row: (Double, Double, Double)) -> Double {
            row.0 * color.red + row.1 * color.green + row.2 * color.blue
        }
        let (red, green, blue) = matrix
        return LinearColor(red: mixed(red), green: mixed(green), blue: mixed(blue))
    }

    private typealias Row = (Double, Double, Double)

    private var matrix: (Row, Row, Row) {
        switch self {
        case .normal: ((1, 0, 0), (0, 1, 0), (0, 0, 1))
        case .protanopia:
            (
                (0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216),
                (-0.003882, -0.048116, 1.051998)
            )
        case .deuteranopia:
            (
                (0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413),
                (-0.011820, 0.042940, 0.968881)
            )
        case .tritanopia:
            (
                (1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602),
                (0.004733, 0.691367, 0.303900)
            )
        }
    }
}
