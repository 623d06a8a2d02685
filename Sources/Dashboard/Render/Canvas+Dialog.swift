import ResilienceWire
import Screen

extension Canvas {
    /// The question before an action.
    mutating func draw(_ dialog: Dialog) {
        let width = min(76, state.width - 2)
        let lines = DialogText(dialog, width: width - 4, glyphs: glyphs).lines
        let rect = grid.bounds.centered(width: width, height: lines.count + 2)
        drawFrame(
            rect,
            title: [Span("\(dialog.order.label) a breaker ", .title)])
        draw(lines, in: rect.inset(2, 1))
    }
}

/// A dialog in lines.
struct DialogText {
    let dialog: Dialog
    let width: Int
    let glyphs: Glyphs

    init(_ dialog: Dialog, width: Int, glyphs: Glyphs) {
        self.dialog = dialog
        self.width = width
        self.glyphs = glyphs
    }

    /// Target, effect, fields, and the buttons, which come first for Tab and last for the eye.
    var lines: [[Span]] {
        var lines = [target, [Span(dialog.effect, .warn)]]
        if dialog.controls.contains(.duration) {
            lines.append(field("for", dialog.duration, .duration, hint: "empty: until reset"))
        }
        lines.append(field("reason", dialog.reason, .reason, hint: "for the journal"))
        if dialog.controls.contains(.name) {
            lines.append(field("name", dialog.name, .name, hint: "type \(dialog.row.strategy)"))
        }
        if let refusal = dialog.refusal {
            lines.append([Span("\(glyphs[.failed]) \(refusal)", .error)])
        }
        lines.append(buttons)
        return lines
    }

    private var target: [Span] {
        let shown = dialog.instances.prefix(6).map { "@\($0.instance.prefix(4))" }
        let more = dialog.instances.count > 6 ? " \(glyphs[.ellipsis])" : ""
        let count = Words.counted(dialog.instances.count, "instance")
        return [
            Span(dialog.address, .title),
            Span("  \(count): \(shown.joined(separator: " "))\(more)"),
        ]
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

    private var buttons: [Span] {
        let buttons = dialog.controls.compactMap { control -> [Span]? in
            switch control {
            case .cancel: button("Cancel", control)
            case .confirm: button(dialog.order.label, control)
            case .probeFirst: button("Probe first", control)
            case .duration, .reason, .name: nil
            }
        }
        return Array(buttons.joined(separator: [Span("  ")]))
            + [Span("   Tab: next  Esc: cancel", .muted)]
    }

    private func button(_ label: String, _ control: Dialog.Control) -> [Span] {
        dialog.focus == control
            ? [Span("[\(glyphs[.cursor])\(label) ]", .focus, .reverse)] : [Span("[ \(label) ]")]
    }
}
