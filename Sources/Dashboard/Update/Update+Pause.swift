import Fleet

extension State {
    /// Pauses or continues: the replay itself, or only the view of a live stream.
    mutating func pause() -> [Effect] {
        if isReplay {
            time.playback.isPaused.toggle()
            return [.replay(.setPaused(time.playback.isPaused))]
        }
        if time.frozen == nil {
            // This copies nothing: the storage is shared until the stream changes it.
            time.frozen = Frozen(fleet: stream.fleet, now: latest)
            refresh()
            return [.follow(figures: false)]
        }
        let effects = thaw()
        refresh()
        return effects
    }

    /// Continues a paused view.
    mutating func thaw() -> [Effect] {
        time.thaw(at: latest) ? [.follow(figures: true)] : []
    }

    /// Multiplies the replay speed by a factor.
    mutating func changeSpeed(by factor: Double) -> [Effect] {
        time.playback.changeSpeed(by: factor) ? [.replay(.setSpeed(time.playback.speed))] : []
    }
}
