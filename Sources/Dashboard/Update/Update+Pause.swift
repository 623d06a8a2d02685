extension State {
    /// Stops or goes on: a replay as a whole, otherwise the view alone.
    mutating func pause() -> [Effect] {
        if isReplay {
            playback.isPaused.toggle()
            return [.replay(.setPaused(playback.isPaused))]
        }
        if frozen == nil {
            // Copies nothing: the fleet's storage is shared until the stream changes it.
            frozen = Frozen(fleet: stream.shown, now: latest)
            refresh()
            return [.follow(figures: false)]
        }
        let effects = thaw()
        refresh()
        return effects
    }

    /// Lets the view run again, if it stands still.
    mutating func thaw() -> [Effect] {
        guard let since = frozen?.now else { return [] }
        frozen = nil
        pauses.append(since..<max(since, latest))
        pauses.removeFirst(max(0, pauses.count - Self.pauseLimit))
        return [.follow(figures: true)]
    }

    private static let pauseLimit = 100

    /// Replays faster, or slower, by a factor.
    mutating func changeSpeed(by factor: Double) -> [Effect] {
        let limits = Playback.speeds
        // The fastest stands one step above the greatest number.
        let wanted = min(playback.speed, 2 * limits.upperBound) * factor
        let speed = wanted > limits.upperBound ? .infinity : max(limits.lowerBound, wanted)
        guard speed != playback.speed else { return [] }
        playback.speed = speed
        return [.replay(.setSpeed(speed))]
    }
}
