import ArgumentParser
import DashboardApp

// The values that options take, read as a config file and the dashboard's command line read them.

extension ByteCount: ExpressibleByArgument {}
extension DurationValue: ExpressibleByArgument {}
extension RecordingTime: ExpressibleByArgument {}
