public import ArgumentParser
import HostSupport
import HubClient
public import Sockets

struct PipeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pipe",
        abstract: "Connects standard input and output to a hub's socket, for --via.",
        discussion: """
            'fusebox --via COMMAND' starts it on another machine or in a container, and adds the role. \
            Examples:
              fusebox status --via 'ssh prod fusebox pipe'
              fusebox breaker reset planner:pay/stripe --via 'docker exec -i agents fusebox pipe'
              fusebox watch --via 'kubectl exec -i pod/planner -- fusebox pipe'
            """)

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "view or operator.")
    var role: SocketRole

    func run() throws {
        let locator = connection.locator
        var ended: StandardOutput.Ended?
        func pass(_ bytes: [UInt8]) -> Bool {
            do throws(StandardOutput.Ended) {
                try StandardOutput.write(bytes)
                return true
            } catch {
                ended = error
                return false
            }
        }
        var attempts: [HubLocator.Attempt] = []
        for directory in locator.directories {
            do throws(SocketError) {
                try Relay.run(directory, as: role, output: pass) { Console.error($0) }
            } catch {
                attempts.append(HubLocator.Attempt(place: .directory(directory), error: error))
                continue
            }
            if let ended { throw ended }
            return
        }
        throw Failure(HubLocator.NoHub(attempts: attempts))
    }

    func validate() throws {
        guard role != .agent else { throw ValidationError("the role is view or operator") }
        guard !connection.locator.isElsewhere else {
            throw ValidationError("pipe does not take --via: --via starts it")
        }
    }
}

extension SocketRole: ExpressibleByArgument {}
