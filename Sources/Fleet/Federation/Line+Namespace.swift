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
        if case .alert(var alert) = message, let silence = alert.silence {
            alert.silence = Alert.Silence(until: moved(silence.until), reason: silence.reason)
            line.message = .alert(alert)
        }
        return line
    }
}

extension Message {
    fileprivate func namespaced(by hub: String) -> Message {
        switch self {
        case .command(var command):
            if case .address(let address) = command.target {
                command.target = .address("\(hub)/\(address)")
            }
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
            end.address = "\(hub)/\(end.address)"
            return .standingEnd(end)
        case .hello, .strategy, .delta, .call, .breaker, .limit, .ack, .lost, .ping, .pong, .beat,
            .bye,
            .welcome, .error, .watch, .recording, .keyframe, .keyframeEnd, .agentUp, .agentStale,
            .agentGone, .total, .slot, .clock, .commandDone, .unknown:
            return self
        }
    }
}

extension InstanceID {
    func namespaced(by hub: String) -> InstanceID {
        InstanceID(agent: "\(hub)/\(agent)", instance: instance)
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
        order.address = "\(hub)/\(address)"
        return order
    }
}
