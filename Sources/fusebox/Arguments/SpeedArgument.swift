import ArgumentParser
import Dashboard

/// The speed of a replay as a user types it: `4`, `0.25`, `max`.
struct SpeedArgument: ExpressibleByArgument {
    /// The speed relative to the recording; infinity for `max`.
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
