/// A message that is shown for a few seconds.
struct Notice: Equatable, Sendable {
    let text: String
    /// The meaning of the message, which sets its colour.
    var tone = JournalEntry.Tone.bad
    /// The remaining seconds of real time. The time shown may run faster or backwards.
    var secondsLeft = 8
}
