/// A theme by its name, and the place in a file where it was chosen.
struct ThemeChoice: Equatable {
    let name: String
    let file: String
    let line: Int
}
