public import ResilienceWire

// What a hub lets go of to stay within its memory. Who was told before still knows it.
extension Fleet {
    /// Forgets what an instance counted in the last five minutes, and the messages of its errors.
    public mutating func forgetHistory(of id: InstanceID) {
        guard let names = agents[id]?.strategies.keys else { return }
        for name in Array(names) {
            agents[id]?.update(name) {
                $0.window = Window()
                $0.total.messages = []
            }
        }
    }

    /// Forgets an instance's strategies.
    public mutating func forgetStrategies(of id: InstanceID) {
        agents[id]?.strategies = [:]
    }
}
