import Fleet
import ResilienceWire

extension State {
    /// Opens the dialog for an order to the selected row, or shows why that is impossible.
    mutating func ask(_ kind: Dialog.Kind) {
        guard let row = rowToChange() else { return }
        do throws(OrderTarget.Rejected) {
            navigation.overlay = .dialog(try Dialog(kind, row, in: shownFleet))
        } catch {
            say(error.why)
        }
    }

    /// Opens the list of the selected row's limits, optionally at one of them, or shows why that is
    /// impossible.
    mutating func askForLimits(_ name: String? = nil) {
        guard let row = rowToChange() else { return }
        do throws(OrderTarget.Rejected) {
            var list = try LimitList(row, in: shownFleet)
            if let name, !list.select(name) {
                let names = list.entries.map(\.reading.name).joined(separator: ", ")
                say("\(list.name) has no limit \(name); it has \(names)")
                return
            }
            navigation.overlay = .limits(list)
        } catch {
            say(error.why)
        }
    }

    /// Updates an open dialog with the present state, however long the operator takes to answer.
    mutating func renewQuestion() {
        // Usually no dialog is open, and no row has to be found.
        guard navigation.overlay.holdsStill, let row = selectedRow else { return }
        switch navigation.overlay {
        case .dialog(var dialog):
            guard row.id == dialog.row else {
                navigation.overlay = .none
                say("\(dialog.address) is no longer shown: nothing was sent")
                return
            }
            do throws(OrderTarget.Rejected) {
                dialog.renew(as: try Dialog(dialog.kind, row, in: shownFleet))
            } catch {
                dialog.rejection = error.why
            }
            navigation.overlay = .dialog(dialog)
        case .limits(let list):
            do throws(OrderTarget.Rejected) {
                var present = try LimitList(row, in: shownFleet)
                let name = list.entries[list.index].reading.name
                guard row.id == list.row, present.select(name) else {
                    throw OrderTarget.Rejected(
                        why: "\(list.name) no longer has the limit \(name)")
                }
                navigation.overlay = .limits(present)
            } catch {
                navigation.overlay = .none
                say(error.why)
            }
        case .none, .help, .filter, .command: break
        }
    }

    /// Handles the answer of the limit list.
    mutating func conclude(_ list: LimitList, _ answer: LimitList.Answer) {
        switch answer {
        case .stay: navigation.overlay = .limits(list)
        case .cancel:
            navigation.overlay = .none
            refresh()
        case .choose(let limit):
            navigation.overlay = .none
            if selectedRow?.id == list.row { ask(.limit(limit)) }
        }
    }

    private mutating func rowToChange() -> Row? {
        if let rejection {
            say(rejection)
            return nil
        }
        if selectedRow == nil { say("no strategy is selected") }
        return selectedRow
    }

    /// Handles the answer of a dialog.
    mutating func conclude(_ dialog: Dialog, _ answer: Dialog.Answer) -> [Effect] {
        switch answer {
        case .stay: return []
        case .cancel:
            navigation.overlay = .none
            refresh()
            // The operator may have meant to confirm when Enter pressed Cancel.
            if dialog.isFilledIn { say("cancelled, nothing sent") }
            return []
        case .give(let order):
            navigation.overlay = .none
            if let rejection {
                say(rejection)
                return []
            }
            let command = OperatorCommand(
                id: session.makeID(), address: Address(lenient: dialog.address), order: order,
                ifVersion: dialog.version, reason: dialog.reasonText)
            journal.send(command, at: latest)
            refresh()
            return [.send(command)]
        }
    }

    /// The reason why no order can be given now; `nil` if there is none.
    private var rejection: String? {
        switch session.mode {
        case .replay: return "this is a recording: nothing can be changed"
        case .live, .demo: break
        }
        if time.past != nil { return "this is the past: End returns to now" }
        if session.isLocked { return "locked: restart the dashboard to act on agents" }
        guard session.mayControl else {
            return "read only: this dashboard is not attached to the operator socket"
        }
        switch connection.link {
        case .connected: break
        case .connecting: return "the hub has not answered yet: nothing can be sent"
        case .silent: return "the hub is silent: commands cannot be sent"
        case .lost: return "the hub does not answer: nothing can be sent"
        }
        return time.frozen == nil ? nil : "paused: press space to see the present state first"
    }
}
