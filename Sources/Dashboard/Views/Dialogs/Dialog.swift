import Fleet
import ResilienceWire
import Screen

/// The confirmation dialog of an action. It shows the target and the effect, and has the fields to
/// fill in.
struct Dialog: Sendable {
    /// What the dialog can order.
    enum Kind: Equatable, Sendable {
        case open, reset, probe
        /// Set a limit. The payload is its reading when the dialog was opened.
        case limit(LimitReading)
    }

    /// A control that can have the focus.
    enum Control: Equatable, Sendable {
        case cancel, confirm, probeFirst, giveBack, value, duration, reason, name
    }

    /// The result of a key.
    enum Answer: Equatable, Sendable {
        /// The dialog stays open.
        case stay
        /// The dialog is closed without an order.
        case cancel
        /// The order is confirmed.
        case give(Order)
    }

    let kind: Kind
    /// The row that the order is for.
    let row: RowID
    /// The strategy's name, which must be typed if there are several instances.
    let strategy: String
    /// The address that the command goes to.
    let address: String
    /// The strategy in each instance that the address matches.
    let members: [StrategyInstance]
    /// The effect of the order as text.
    let effect: String
    /// The version of the breaker, if the order depends on its state and there is one instance;
    /// otherwise `nil`.
    let version: Int?
    /// The controls in the order of Tab.
    let controls: [Control]

    /// The control with the focus; initially Cancel.
    private(set) var focus = Control.cancel
    /// The duration; empty means until reset.
    private(set) var duration = TextField(Self.usualDuration)
    /// The limit's new value.
    private(set) var value = TextField()
    /// The reason for the journal.
    private(set) var reason = TextField()
    /// The typed strategy name, needed if there are several instances.
    private(set) var name = TextField()
    /// The error in the filled-in fields.
    private(set) var refusal: String?
    /// The reason why the order has become impossible.
    var rejection: String?

    private static let usualDuration = "15m"

    /// Whether a field was changed, so that leaving the dialog loses input.
    var isFilledIn: Bool {
        ![value, reason, name].allSatisfy(\.isEmpty) || duration.text != Self.usualDuration
    }

    /// Creates a dialog.
    ///
    /// - Parameter extra: an alternative action, if any.
    init(
        _ kind: Kind, row: RowID, strategy: String, _ target: OrderTarget, effect: String,
        version: Int?, offers extra: Control?
    ) {
        self.kind = kind
        self.row = row
        self.strategy = strategy
        address = target.address
        members = target.members
        self.effect = effect
        self.version = version
        var controls: [Control] = [.cancel, .confirm]
        if let extra { controls.append(extra) }
        switch kind {
        case .open: controls.append(.duration)
        case .limit: controls.append(.value)
        case .reset, .probe: break
        }
        controls.append(.reason)
        if members.count > 1 { controls.append(.name) }
        self.controls = controls
    }

    /// Updates the dialog to the present state and keeps the filled-in fields. A new instance needs
    /// a new confirmation.
    mutating func renew(as present: Dialog) {
        var present = present
        (present.duration, present.value, present.reason) = (duration, value, reason)
        let known = Set(members.map(\.id))
        if let new = present.members.first(where: { !known.contains($0.id) }) {
            present.refusal = "\(new.name) is new: the order applies to it too"
        } else {
            if present.controls.contains(focus) { present.focus = focus }
            (present.name, present.refusal) = (name, refusal)
        }
        self = present
    }

    /// The reason to send: at most 256 bytes, `nil` if empty.
    var reasonText: String? {
        var text = reason.text
        while text.utf8.count > 256 { text.removeLast() }
        let words = text.split(separator: " ").joined(separator: " ")
        return words.isEmpty ? nil : words
    }

    /// Handles a key.
    mutating func handle(_ key: Key) -> Answer {
        switch key {
        case .escape: return .cancel
        case .tab, .down: move(by: 1)
        case .backTab, .up: move(by: -1)
        case .enter: return press()
        case .left where !isInField: move(by: -1)
        case .right where !isInField: move(by: 1)
        case .character, .left, .right, .pageUp, .pageDown, .home, .end, .backspace, .delete,
            .control, .paste:
            edit(key)
        }
        return .stay
    }

    private var isInField: Bool {
        switch focus {
        case .value, .duration, .reason, .name: true
        case .cancel, .confirm, .probeFirst, .giveBack: false
        }
    }

    private mutating func move(by step: Int) {
        let index = controls.firstIndex(of: focus) ?? 0
        focus = controls[(index + step + controls.count) % controls.count]
    }

    /// Sends a key or pasted text to the field that has the focus, and to nothing else.
    private mutating func edit(_ key: Key) {
        let isKnown =
            switch focus {
            case .value: value.handle(key)
            case .duration: duration.handle(key)
            case .reason: reason.handle(key)
            case .name: name.handle(key)
            case .cancel, .confirm, .probeFirst, .giveBack: false
            }
        if isKnown { refusal = nil }
    }

    private mutating func press() -> Answer {
        switch focus {
        case .cancel: return .cancel
        case .value, .duration, .reason, .name:
            // After the last field the focus moves to the action.
            if focus == controls.last { focus = .confirm } else { move(by: 1) }
            return .stay
        case .confirm: return give(kind)
        case .probeFirst: return give(.probe)
        case .giveBack: return giveBack()
        }
    }

    private mutating func give(_ kind: Kind) -> Answer {
        guard mayBeGiven() else { return .stay }
        switch kind {
        case .reset: return .give(.reset)
        case .probe: return .give(.halfOpen)
        case .limit(let limit):
            switch LimitText(value.text, for: limit) {
            case .value(let value):
                let order = Order.setLimit(name: limit.name, value: value)
                for member in members {
                    guard let rejection = member.strategy.rejection(of: order) else { continue }
                    return refuse(rejection.words(at: member.name), at: .value)
                }
                return .give(order)
            case .malformed(let words): return refuse(words, at: .value)
            }
        case .open:
            switch DurationText(duration.text) {
            case .none: return .give(.open(forMS: nil))
            case .milliseconds(let time): return .give(.open(forMS: time))
            case .malformed(let words): return refuse(words, at: .duration)
            }
        }
    }

    private mutating func giveBack() -> Answer {
        guard case .limit(let limit) = kind, mayBeGiven() else { return .stay }
        return .give(.setLimit(name: limit.name, value: nil))
    }

    /// Whether there is no rejection and the name was typed if it is needed.
    private mutating func mayBeGiven() -> Bool {
        guard rejection == nil else { return false }
        guard members.count > 1, name.text != strategy else { return true }
        _ = refuse("type the name '\(strategy)' to act on \(members.count) instances", at: .name)
        return false
    }

    private mutating func refuse(_ words: String, at control: Control) -> Answer {
        refusal = words
        focus = control
        return .stay
    }
}

extension Dialog.Kind {
    /// The command of an order that needs no value; `nil` for limits.
    var command: Order? {
        switch self {
        case .open: .open(forMS: nil)
        case .reset: .reset
        case .probe: .halfOpen
        case .limit: nil
        }
    }

    /// The action that the agent must support.
    var action: Action {
        switch self {
        case .open: .open
        case .reset: .reset
        case .probe: .halfOpen
        case .limit: .setLimit
        }
    }

    /// The label of the button.
    var label: String {
        switch self {
        case .open: "Force open"
        case .reset: "Reset"
        case .probe: "Probe"
        case .limit: "Set and pin"
        }
    }

    /// The title of the dialog.
    var title: String {
        switch self {
        case .open, .reset, .probe: "\(label) a breaker"
        case .limit(let limit): "Set the limit \(limit.name)"
        }
    }
}
