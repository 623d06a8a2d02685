/// How an eye sees colours.
public enum ColorVision: String, Sendable, Hashable, CaseIterable {
    /// With all three kinds of cones.
    case normal
    /// Without those for long waves: red is dark.
    case protanopia
    /// Without those for medium waves: red and green are alike.
    case deuteranopia
    /// Without those for short waves: blue and green are alike.
    case tritanopia

    /// What such an eye makes of a colour, shown to one that has all cones.
    ///
    /// The matrices for severity 1.0 of Machado, Oliveira and Fernandes, "A Physiologically-based
    /// Model for Simulation of Color Vision Deficiency", IEEE TVCG 15(6), 2009, for linear light:
    /// https://www.inf.ufrgs.br/~oliveira/pubs_files/CVD_Simulation/CVD_Simulation.html
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
