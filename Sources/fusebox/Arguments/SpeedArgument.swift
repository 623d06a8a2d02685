import ArgumentParser
import Dashboard

/// A replay's speed as people type it: `4`, `0.25`, `max`.
struct SpeedArgument: ExpressibleByArgument {
    /// How many times as fast as it happened; infinity: as fast as it can be shown.
    let factor: Double

    init(factor: Double) {
        self.factor = factor
    }

    init?(argument: String) {
        if argument == "max" {
            factor = .infinity
        } else if let number = Double(argument), Playback.speeds.contains(number) {
            factor = number
        } else {
            return nil
        }
    }

    var defaultValueDescription: String { "\(Int(factor))" }
}
