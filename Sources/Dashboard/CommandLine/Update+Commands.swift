import Fleet
import ResilienceWire

extension State {
    /// The maximum number of command lines in the history.
    public static let historyLimit = 100

    /// Handles the result of a key in the command line.
    mutating func conclude(_ line: CommandLine, _ answer: CommandLine.Answer) -> [Effect] {
        switch answer {
        case .stay: navigation.overlay = .command(line)
        case .cancel: navigation.overlay = .none
        case .run(let text):
            navigation.overlay = .none
            history.removeAll { $0 == text }
            history.append(text)
            history.removeFirst(max(0, history.count - Self.historyLimit))
            return [.remember(text)] + run(text)
        }
        return []
    }

    /// Executes a command line, or shows an error.
    private mutating func run(_ text: String) -> [Effect] {
        do throws(ViewCommand.ParseError) {
            return carryOut(try ViewCommand(text))
        } catch {
            say(error.words)
            return []
        }
    }

    private mutating func carryOut(_ command: ViewCommand) -> [Effect] {
        switch command {
        case .intent(let intent): return perform(intent)
        case .detail:
            if selectedRow == nil {
                say("no strategy is selected")
            } else {
                navigation.show(.detail)
            }
        case .filter(let text): arrange { $0.filter = Filter(text) }
        case .sort(let key): arrange { $0.sort = Sort(key: key) }
        case .group(let grouping): group(by: grouping)
        case .errors(let type): showErrors(of: type)
        case .limits(let name): askForLimits(name)
        case .agent(let name):
            let names = agentNames
            if names.contains(name) {
                look(at: name)
            } else {
                let near = Nearest.name(to: name, among: names).map { "; did you mean '\($0)'?" }
                say("there is no agent '\(name)'\(near ?? "")")
            }
        case .theme(let name): return [.theme(name)]
        case .record(let path):
            switch session.mode {
            case .live, .demo: return [.record(path)]
            case .replay: say("cannot record: this is already a recording")
            }
        case .stopRecording:
            switch session.mode {
            case .live, .demo: return [.stopRecording]
            case .replay: say("no recording is running")
            }
        case .utc(let isUTC):
            clock.isUTC = isUTC ?? !clock.isUTC
            say("times are \(clock.isUTC ? "UTC" : "local")")
        case .at(let time):
            guard session.isTime(time) else {
                say(
                    "'\(time)' is not a time; expected 14:02, 14:02:31Z, a date with a time, +90s, -5m, "
                        + "35%")
                return []
            }
            let goal = ReplayControl.goTo(time, isUTC: clock.isUTC)
            return isReplay ? go(goal) : goToPast(goal)
        case .lock:
            session.isLocked = true
            say("locked: no actions on agents until this dashboard is restarted")
        }
        return []
    }

    /// The completions for the present rows.
    var completion: Completion {
        let rows = table.rows
        let limits = selectedRow?.responsive.flatMap { $0.strategy.limits.map(\.name) } ?? []
        return Completion(values: [
            .filter: ["agent:", "err:", "state:", "target:"],
            .sort: Sort.Key.allCases.map(\.rawValue),
            .grouping: Grouping.allCases.map(\.rawValue),
            .errorType: ErrorView.types(in: rows.filter { $0.id.instance == nil }),
            .limit: Array(Set(limits)).sorted(),
            .agent: agentNames,
            .theme: session.themes,
            .file: ["stop"],
            .onOff: ["on", "off"],
        ])
    }

    private var agentNames: [String] {
        Array(Set(shownFleet.agents.values.filter { $0.state != .gone }.map(\.id.agent))).sorted()
    }
}
