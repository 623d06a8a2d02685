/// A key that was pressed, independent of the bytes that the terminal sent for it.
public enum Key: Sendable, Hashable {
    /// A printable character.
    case character(Character)
    /// Enter or Return.
    case enter
    /// Escape. A key held with Alt arrives as `escape` followed by that key.
    case escape
    /// Tab.
    case tab
    /// Tab with Shift.
    case backTab
    /// Arrow up.
    case up
    /// Arrow down.
    case down
    /// Arrow left.
    case left
    /// Arrow right.
    case right
    /// Page up.
    case pageUp
    /// Page down.
    case pageDown
    /// Home.
    case home
    /// End.
    case end
    /// Backspace: deletes to the left.
    case backspace
    /// Delete: deletes under the cursor.
    case delete
    /// A letter with Control, in lower case: `.control("u")`.
    case control(Character)
    /// Pasted text without control characters; line ends become blanks. At most 4 KiB.
    case paste(String)
}
