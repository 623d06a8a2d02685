import ArgumentParser
import DashboardApp
import ResilienceWire

struct BreakerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "breaker", abstract: "Opens, resets and otherwise changes circuit breakers.",
        discussion: """
            ADDRESS is AGENT:STRATEGY for every running instance, AGENT@INSTANCE:STRATEGY for one, or \
            *:STRATEGY for every agent that has it. An order for an address that covers no instance now \
            holds for agents to come, if you confirm it or add --yes; 'open' then needs --for or \
            --until-reset. Examples:
              fusebox breaker open planner:pay/stripe --for 15m --reason 'vendor down'
              fusebox breaker reset planner:pay/stripe --yes
            """,
        subcommands: [
            Open.self, Reset.self, HalfOpen.self, Disable.self, Enable.self,
        ])

    struct Open: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Force it open: calls are rejected for a time, after which it probes.",
            discussion: examples("open", "planner:pay/stripe --until-reset --reason 'vendor down'"))

        @OptionGroup var options: OrderOptions

        @Option(name: .customLong("for"), help: "How long, such as 5s; 15m unless it is given.")
        var duration: DurationValue?

        @Flag(help: "Hold it open until it is reset.")
        var untilReset = false

        func validate() throws {
            guard duration == nil || !untilReset else {
                throw ValidationError("--for and --until-reset exclude each other")
            }
        }

        func run() async throws {
            let milliseconds = duration?.milliseconds ?? 900_000
            try await options.give(
                .open(forMS: untilReset ? nil : milliseconds),
                holdsLater: untilReset || duration != nil)
        }
    }

    struct Reset: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Close it, with all counts cleared.", discussion: examples("reset"))
        @OptionGroup var options: OrderOptions
        func run() async throws { try await options.give(.reset) }
    }

    struct HalfOpen: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a few calls through as probes.", discussion: examples("half-open"))
        @OptionGroup var options: OrderOptions
        func run() async throws { try await options.give(.halfOpen) }
    }

    struct Disable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Admit and count all calls.", discussion: examples("disable"))
        @OptionGroup var options: OrderOptions
        func run() async throws { try await options.give(.disable) }
    }

    struct Enable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End 'disable'.", discussion: examples("enable"))
        @OptionGroup var options: OrderOptions
        func run() async throws { try await options.give(.enable) }
    }

    private static func examples(_ verb: String, _ own: String...) -> String {
        OrderOptions.examples("breaker \(verb)", own + ["planner:pay/stripe"])
    }
}
