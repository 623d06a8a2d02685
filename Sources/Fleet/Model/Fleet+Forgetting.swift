public import ResilienceWire

// Data that a hub drops to stay within its memory limit. Viewers keep what they have received.
extension Fleet {
    /// Drops the windows and the error messages of an instance's strategies.
    public mutating func forgetHistory(of id: InstanceID) {
        guard let names = agents[id]?.strategies.keys else { return }
        for name in Array(names) {
            agents[id]?.update(name) {
                $0.window.forget()
                $0.total.messages = []
            }
        }
    }

    /// Drops all strategies of an instance.
    public mutating func forgetStrategies(of id: InstanceID) {
        agents[id]?.strategies = [:]
    }
}
