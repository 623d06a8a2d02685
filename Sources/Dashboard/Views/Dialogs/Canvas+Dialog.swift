import Fleet
import ResilienceWire
import Screen

extension Canvas {
    /// Draws the confirmation dialog of an action.
    mutating func draw(_ dialog: Dialog) {
        let width = min(76, state.size.width - 2)
        let lines = DialogText(
            dialog, width: width - 4, height: state.size.height - 2, glyphs: glyphs
        ).lines
        let rect = grid.bounds.centered(width: width, height: lines.count + 2)
        drawFrame(
            rect,
            title: [Span("\(dialog.kind.title) ", .title)])
        draw(lines, in: rect.inset(2, 1))
    }
}

/// The text of a dialog as lines.
struct DialogText {
    let dialog: Dialog
    let width: Int
    let height: Int
    let glyphs: Glyphs

    init(_ dialog: Dialog, width: Int, height: Int, glyphs: Glyphs) {
        self.dialog = dialog
        self.width = width
        self.height = height
        self.glyphs = glyphs
    }

    /// Target, effect, fields and buttons. The buttons come last on the screen, but first in the
    /// order of Tab.
    var lines: [[Span]] {
        let rest = answers
        let room = max(1, height - rest.count - 1)
        let target = target(lines: max(1, room - 1))
        let effect = Wrapped.lines(
            dialog.effect, width: width, limit: max(1, room + 1 - target.count))
        return target + effect.map { [Span($0, .warn)] } + rest
    }

    private var answers: [[Span]] {
        var lines: [[Span]] = []
        if dialog.controls.contains(.duration) {
            lines.append(field("for", dialog.duration, .duration, hint: "empty: until reset"))
        }
        if case .limit(let limit) = dialog.kind {
            lines.append(field("value", dialog.value, .value, hint: limit.hint))
        }
        lines.append(field("reason", dialog.reason, .reason, hint: "for the journal"))
        if dialog.controls.contains(.name) {
            let words = "type \(dialog.strategy)"
            let fits = DisplayWidth.of(words) <= width / 2
            if !fits {
                let name = Wrapped.lines(dialog.strategy, width: width, limit: max(1, height - 8))
                lines += name.map { [Span($0, .muted)] }
            }
            lines.append(
                field("name", dialog.name, .name, hint: fits ? words : "type the text above"))
        }
        if let refusal = dialog.rejection ?? dialog.refusal {
            lines.append([Span("\(glyphs[.failed]) \(refusal)", .error)])
        }
        return lines + buttons
    }

    /// The target of the order. On a small screen the number of instances and their digits stay
    /// longest.
    private func target(lines limit: Int) -> [[Span]] {
        let count = Format.counted(dialog.members.count, "instance")
        let instances = Span("\(count): \(names(columns: width - count.count - 2))")
        let address = Span(dialog.address, .title)
        if address.width + 2 + instances.width <= width {
            return [[address, Span("  "), instances]]
        }
        if limit == 1 { return [[Span(count), Span("  "), address]] }
        let lines = Wrapped.lines(dialog.address, width: width).map { [Span($0, .title)] }
        return lines.suffix(limit - 1) + [[instances]]
    }

    /// The names of as many instances as fit, at most six.
    private func names(columns: Int) -> String {
        let all = dialog.members.map { "@\($0.digits)" }
        for count in stride(from: min(6, all.count), through: 1, by: -1) {
            let rest = count < all.count ? " \(glyphs[.ellipsis])" : ""
            let text = all.prefix(count).joined(separator: " ") + rest
            if DisplayWidth.of(text) <= columns { return text }
        }
        return String(glyphs[.ellipsis])
    }

    private func field(
        _ label: String, _ field: TextField, _ control: Dialog.Control, hint: String
    ) -> [Span] {
        let isFocused = dialog.focus == control
        let name = label + String(repeating: " ", count: max(0, 7 - label.count))
        let room = max(8, width - name.count - DisplayWidth.of(hint) - 3)
        let text = field.spans(width: room, showsCursor: isFocused)
        let blanks = String(repeating: " ", count: max(0, room - text.width))
        let mark = isFocused ? String(glyphs[.cursor]) : " "
        var underlined = text
        for index in underlined.indices { underlined[index].style.attributes.insert(.underline) }
        return [Span(name, isFocused ? .focus : .text), Span(mark, .focus)] + underlined
            + [Span(blanks, .muted, .underline), Span(" \(hint)", .muted)]
    }

    private var buttons: [[Span]] {
        let buttons = dialog.controls.compactMap { control -> [Span]? in
            switch control {
            case .cancel: button("Cancel", control)
            case .confirm: button(dialog.kind.label, control)
            case .probeFirst: button("Probe first", control)
            case .giveBack: button("Release", control)
            case .value, .duration, .reason, .name: nil
            }
        }
        var lines: [[Span]] = [[]]
        for button in buttons {
            let line = lines[lines.count - 1]
            if line.isEmpty {
                lines[lines.count - 1] = button
            } else if line.width + 2 + button.width <= width {
                lines[lines.count - 1] += [Span("  ")] + button
            } else {
                lines.append(button)
            }
        }
        let hint = Span("   Tab: next  Esc: cancel", .muted)
        if lines[lines.count - 1].width + hint.width <= width {
            lines[lines.count - 1].append(hint)
        }
        return lines
    }

    private func button(_ label: String, _ control: Dialog.Control) -> [Span] {
        dialog.focus == control
            ? [Span("[\(glyphs[.cursor])\(label) ]", .focus, .reverse)] : [Span("[ \(label) ]")]
    }
}

extension LimitReading {
    /// The accepted values and their unit.
    fileprivate var hint: String {
        [bounds, unit ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
    }
}
