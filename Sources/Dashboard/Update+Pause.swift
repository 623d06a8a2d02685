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
        frozen = nil
        refresh()
        return [.follow(figures: true)]
    }

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
