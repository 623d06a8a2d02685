extension Theme {
    /// Returns the look of a role on the screen. Where the role has no colour, it takes that of
    /// ordinary text.
    func lookOnCanvas(_ role: Role) -> Appearance {
        lookOnCanvas(look(role))
    }

    /// Returns a look with the colours of ordinary text where the look has none.
    func lookOnCanvas(_ look: Appearance) -> Appearance {
        let text = self.look(.text)
        var look = look
        if look.foreground.full == .terminal { look.foreground = text.foreground }
        if look.background.full == .terminal { look.background = text.background }
        return look
    }
}
