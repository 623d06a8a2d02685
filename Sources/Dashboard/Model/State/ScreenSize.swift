/// The size of the screen in cells.
struct ScreenSize: Equatable, Sendable {
    let width: Int
    let height: Int

    /// Creates a size. Negative numbers become 0.
    init(width: Int = 0, height: Int = 0) {
        self.width = max(0, width)
        self.height = max(0, height)
    }
}
