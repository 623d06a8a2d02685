import Fleet

extension State {
    /// Pauses or continues: the replay itself, or only the view of a live stream.
    mutating func pause() -> [Effect] {
        if isReplay {
            playback.isPaused.toggle()
            return [.replay(.setPaused(playback.isPaused))]
        }
        if frozen == nil {
            // This copies nothing: the storage is shared until the stream changes it.
            frozen = Frozen(fleet: stream.fleet, now: latest)
            refresh()
            return [.follow(figures: false)]
        }
        let effects = thaw()
        refresh()
        return effects
    }

    /// Continues a paused view.
    mutating func thaw() -> [Effect] {
        guard let since = frozen?.now else { return [] }
        frozen = nil
        pauses.append(since..<max(since, latest))
        pauses.removeFirst(max(0, pauses.count - Self.pauseLimit))
        return [.follow(figures: true)]
    }

    private static let pauseLimit = 100

    /// Multiplies the replay speed by a factor.
    mutating func changeSpeed(by factor: Double) -> [Effect] {
        let limits = Playback.speeds
        // Infinity counts as one step above the greatest finite speed.
        let wanted = min(playback.speed, 2 * limits.upperBound) * factor
        let speed = wanted > limits.upperBound ? .infinity : max(limits.lowerBound, wanted)
        guard speed != playback.speed else { return [] }
        playback.speed = speed
        return [.replay(.setSpeed(speed))]
    }
}
