import Fleet
import ResilienceWire
import Screen

/// The question before an action: what it will do to whom, and what the operator has to fill in.
struct Dialog: Sendable {
    /// What can be asked of a strategy from here.
    enum Order: Equatable, Sendable {
        case open, reset, probe
        /// A value for a limit, which is as it was when the question was asked.
        case limit(LimitReading)
    }

    /// What can have the focus.
    enum Control: Equatable, Sendable {
        case cancel, confirm, probeFirst, giveBack, value, duration, reason, name
    }

    /// What comes of a key.
    enum Answer: Equatable, Sendable {
        /// The dialog stays.
        case stay
        /// Nothing is to be done.
        case cancel
        /// The order is given.
        case give(Command.Order)
    }

    let order: Order
    /// The row that it is about.
    let row: RowID
    /// The strategy, whose name is to be typed where there are several instances.
    let strategy: String
    /// The address that the command goes to.
    let address: String
    /// The strategy in each instance that it covers.
    let members: [StrategyInstance]
    /// What will happen, in words.
    let effect: String
    /// The version of the one breaker that is shown, where the order is about its state.
    let version: Int?
    /// The controls in the order of Tab.
    let controls: [Control]

    /// What has the focus: Cancel at first.
    private(set) var focus = Control.cancel
    /// How long; empty means until reset.
    private(set) var duration = TextField(Self.usualDuration)
    /// The limit's new value.
    private(set) var value = TextField()
    /// Why, for the journal.
    private(set) var reason = TextField()
    /// The strategy's name, typed by hand, where there are several instances.
    private(set) var name = TextField()
    /// What is wrong with what was filled in.
    private(set) var refusal: String?
    /// Why it cannot be done any more.
    var obstacle: String?

    private static let usualDuration = "15m"

    /// Whether something was typed that is lost when it is left.
    var isFilledIn: Bool {
        ![value, reason, name].allSatisfy(\.isEmpty) || duration.text != Self.usualDuration
    }

    /// A question about an order.
    ///
    /// - Parameter extra: a second thing that may be done instead, if any.
    init(
        _ order: Order, row: RowID, strategy: String, _ whom: OrderTarget, effect: String,
        version: Int?, offers extra: Control?
    ) {
        self.order = order
        self.row = row
        self.strategy = strategy
        address = whom.address
        members = whom.members
        self.effect = effect
        self.version = version
        var controls: [Control] = [.cancel, .confirm]
        if let extra { controls.append(extra) }
        switch order {
        case .open: controls.append(.duration)
        case .limit: controls.append(.value)
        case .reset, .probe: break
        }
        controls.append(.reason)
        if members.count > 1 { controls.append(.name) }
        self.controls = controls
    }

    /// The same question about what is now, with what was filled in so far. Who comes meanwhile is
    /// not meant unseen.
    mutating func renew(as present: Dialog) {
        var present = present
        (present.duration, present.value, present.reason) = (duration, value, reason)
        let known = Set(members.map(\.id))
        if let new = present.members.first(where: { !known.contains($0.id) }) {
            present.refusal = "\(new.name) is new: this is for it, too"
        } else {
            if present.controls.contains(focus) { present.focus = focus }
            (present.name, present.refusal) = (name, refusal)
        }
        self = present
    }

    /// The reason as it is sent: at most 256 bytes, `nil` when empty.
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

    /// Keys and pasted text reach nothing but a field that has the focus.
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
            // After the last field comes what they were filled in for.
            if focus == controls.last { focus = .confirm } else { move(by: 1) }
            return .stay
        case .confirm: return give(order)
        case .probeFirst: return give(.probe)
        case .giveBack: return giveBack()
        }
    }

    private mutating func give(_ order: Order) -> Answer {
        guard mayBeGiven() else { return .stay }
        switch order {
        case .reset: return .give(.reset)
        case .probe: return .give(.halfOpen)
        case .limit(let limit):
            switch LimitText(value.text, for: limit) {
            case .value(let value):
                let order = Command.Order.setLimit(name: limit.name, value: value)
                for member in members {
                    guard let objection = member.strategy.objection(to: order) else { continue }
                    return refuse(objection.words(at: member.name), at: .value)
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
        guard case .limit(let limit) = order, mayBeGiven() else { return .stay }
        return .give(.setLimit(name: limit.name, value: nil))
    }

    /// Whether nothing stands against it, and the name was typed, where it has to be.
    private mutating func mayBeGiven() -> Bool {
        guard obstacle == nil else { return false }
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

extension Dialog.Order {
    /// The order of an action that needs nothing to be filled in but a time.
    var command: Command.Order? {
        switch self {
        case .open: .open(forMS: nil)
        case .reset: .reset
        case .probe: .halfOpen
        case .limit: nil
        }
    }

    /// What the agent must be able to do.
    var action: Action {
        switch self {
        case .open: .open
        case .reset: .reset
        case .probe: .halfOpen
        case .limit: .setLimit
        }
    }

    /// What the button says.
    var label: String {
        switch self {
        case .open: "Force open"
        case .reset: "Reset"
        case .probe: "Probe"
        case .limit: "Set and pin"
        }
    }

    /// What the dialog is called.
    var title: String {
        switch self {
        case .open, .reset, .probe: "\(label) a breaker"
        case .limit(let limit): "Set the limit \(limit.name)"
        }
    }
}
