import ResilienceWire

extension FederatedFleet {
    /// Commands in progress at several hubs, and the lines about them that no single hub sends.
    struct Commands: Sendable {
        private struct Open {
            var waiting: Set<Int>
            var acked = 0
            var failed: Int
        }

        private var open: [String: Open] = [:]
        /// The lines sent to viewers about these commands, oldest first. They are in no hub's
        /// journal.
        private(set) var told: [Line] = []

        /// Starts a command at the hubs that can receive it, and reports the others.
        ///
        /// - Parameter rejections: the reason for each hub that cannot receive the command.
        mutating func begin(
            _ command: StreamCommand, at hubs: Set<Int>, rejections: [String], time: Int64
        ) -> [Line] {
            let statuses = rejections.map {
                StreamMessage.commandStatus(
                    CommandStatus(id: command.id, status: .noAgent, detail: $0))
            }
            guard hubs.isEmpty else {
                open[command.id] = Open(waiting: hubs, failed: rejections.count)
                return tell(statuses, at: time)
            }
            let end = CommandDone(id: command.id, acked: 0, failed: rejections.count)
            return tell([.command(command)] + statuses + [.commandDone(end)], at: time)
        }

        /// Whether a command still waits for a hub.
        func waits(for hub: Int, toDo id: String) -> Bool {
            open[id]?.waiting.contains(hub) == true
        }

        /// Records that a hub has finished a command. Returns the line of the command's end when
        /// all hubs have.
        mutating func done(_ end: CommandDone, by hub: Int, at time: Int64) -> [Line] {
            guard var command = open[end.id], command.waiting.remove(hub) != nil else { return [] }
            command.acked = bounded(command.acked, end.acked)
            command.failed = bounded(command.failed, end.failed)
            open[end.id] = command.waiting.isEmpty ? nil : command
            guard command.waiting.isEmpty else { return [] }
            let all = CommandDone(id: end.id, acked: command.acked, failed: command.failed)
            return tell([.commandDone(all)], at: time)
        }

        /// Ends the commands that wait for a lost hub, as failed there: their outcome is unknown.
        mutating func lose(_ hub: Int, named name: String, at time: Int64) -> [Line] {
            let ids = open.filter { $0.value.waiting.contains(hub) }.keys.sorted()
            return ids.flatMap { id in
                let status = CommandStatus(
                    id: id, status: .noAgent,
                    detail: "hub \(name) was lost before it told what came of it")
                return tell([.commandStatus(status)], at: time)
                    + done(CommandDone(id: id, acked: 0, failed: 1), by: hub, at: time)
            }
        }

        /// Whether a line of a hub's journal is the end of a command at that hub only, and must be
        /// left out.
        func supersedes(_ line: Line) -> Bool {
            guard case .commandDone(let end) = line.message else { return false }
            if open[end.id] != nil { return true }
            return told.contains {
                if case .commandDone(let all) = $0.message { all.id == end.id } else { false }
            }
        }

        private mutating func tell(_ messages: [StreamMessage], at time: Int64) -> [Line] {
            let lines = messages.map { Line(at: time, $0) }
            told += lines
            told.removeFirst(max(0, told.count - Fleet.journalLimit))
            return lines
        }
    }
}
