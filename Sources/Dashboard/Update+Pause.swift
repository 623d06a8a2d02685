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
        var speed = playback.speed * factor
        if playback.speed.isInfinite {
            speed = factor < 1 ? limits.upperBound : playback.speed
        } else if speed > limits.upperBound {
            speed = .infinity
        }
        speed = max(limits.lowerBound, speed)
        guard speed != playback.speed else { return [] }
        playback.speed = speed
        return [.replay(.setSpeed(speed))]
    }
}
