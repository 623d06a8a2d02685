import ArgumentParser
import HubClient

extension NamedHub: ExpressibleByArgument {}
