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

    /// Changes a replay's speed within what it can do.
    mutating func setSpeed(_ speed: Double) -> [Effect] {
        let limits = Playback.speeds
        let speed = min(max(limits.lowerBound, speed), limits.upperBound)
        guard speed != playback.speed else { return [] }
        playback.speed = speed
        return [.replay(.setSpeed(speed))]
    }
}
