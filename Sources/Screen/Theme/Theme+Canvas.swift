extension Theme {
    /// The look of a role as it lies on the screen: where it has no colour of its own, it takes that
    /// of the text.
    func lookOnCanvas(_ role: Role) -> Look {
        lookOnCanvas(look(role))
    }

    /// A look with the colours of the text where it has none.
    func lookOnCanvas(_ look: Look) -> Look {
        let text = self.look(.text)
        var look = look
        if look.foreground.full == .terminal { look.foreground = text.foreground }
        if look.background.full == .terminal { look.background = text.background }
        return look
    }
}
