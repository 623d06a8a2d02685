/// A theme by its name, and the place in a file where it was chosen.
package struct ThemeChoice: Equatable {
    package let name: String
    package let file: String
    package let line: Int
}
