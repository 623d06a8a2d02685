import ResilienceWire

extension Line {
    /// The line with every agent renamed to `HUB/AGENT`, for a merged stream.
    func namespaced(by hub: String) -> Line {
        Line(at: at, source: source?.namespaced(by: hub), message.namespaced(by: hub))
    }
}

extension Line {
    /// The line with `offset` milliseconds added to its times, within 0 and 2^53 - 1.
    func later(by offset: Int64) -> Line {
        guard offset != 0 else { return self }
        func moved(_ time: Int64) -> Int64 {
            let (sum, overflow) = time.addingReportingOverflow(offset)
            return overflow ? WireLimits.count : min(max(0, sum), WireLimits.count)
        }
        var line = self
        line.at = at.map(moved)
        if case .standing(var order) = message {
            order.until = order.until.map(moved)
            line.message = .standing(order)
        }
        if case .history(var history) = message {
            history.from = moved(history.from)
            line.message = .history(history)
        }
        if case .alert(var alert) = message, let silence = alert.silence {
            alert.silence = Alert.Silence(until: moved(silence.until), reason: silence.reason)
            line.message = .alert(alert)
        }
        return line
    }
}

extension StreamMessage {
    fileprivate func namespaced(by hub: String) -> StreamMessage {
        switch self {
        case .command(var command):
            command.address = command.address.namespaced(by: hub)
            return .command(command)
        case .commandStatus(var status):
            if let instance = status.instance {
                status.instance = instance.namespaced(by: hub)
            } else {
                // Several hubs may each report an outcome without an instance, so name the hub.
                status.detail = status.detail.map { "\(hub): \($0)" }
            }
            return .commandStatus(status)
        case .alert(let alert):
            return .alert(alert.namespaced(by: hub))
        case .standing(let order):
            return .standing(order.namespaced(by: hub))
        case .standingEnd(var end):
            end.id = "\(hub)/\(end.id)"
            end.address = end.address.namespaced(by: hub)
            return .standingEnd(end)
        case .recording, .keyframe, .keyframeEnd, .history, .historyEnd, .beat, .error, .agentUp,
            .agentStale, .agentGone, .strategy, .delta, .call, .breaker, .limit, .lost, .total,
            .slot, .clock, .commandDone, .unknown:
            return self
        }
    }
}

extension InstanceID {
    func namespaced(by hub: String) -> InstanceID {
        InstanceID(agent: "\(hub)/\(agent)", instance: instance)
    }
}

extension Address {
    /// The address with its agents renamed to `HUB/AGENT`.
    func namespaced(by hub: String) -> Address { Address(lenient: "\(hub)/\(self)") }

    /// The address as the hub itself knows it; `nil` if it does not begin with `HUB/`.
    func local(to hub: String) -> Address? {
        let text = description
        guard text.hasPrefix("\(hub)/") else { return nil }
        return Address(lenient: String(text.dropFirst(hub.count + 1)))
    }
}

extension Alert {
    func namespaced(by hub: String) -> Alert {
        var alert = self
        alert.id = "\(hub)/\(id)"
        alert.about = "\(hub)/\(about)"
        return alert
    }
}

extension StandingOrder {
    func namespaced(by hub: String) -> StandingOrder {
        var order = self
        order.id = "\(hub)/\(id)"
        order.address = address.namespaced(by: hub)
        return order
    }
}
