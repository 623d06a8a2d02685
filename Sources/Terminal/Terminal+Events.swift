import CNCurses

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

extension Terminal {
    /// Waits for events.
    ///
    /// - Parameter timeoutMilliseconds: the maximum time to wait; `nil` waits without a limit.
    /// - Returns: the events in order, at least one.
    public func nextEvents(timeoutMilliseconds: Int?) -> [Event] {
        let clock = ContinuousClock()
        let deadline = timeoutMilliseconds.map { clock.now + .milliseconds(max(0, $0)) }
        while true {
            var wait = deadline.map { Self.milliseconds(from: clock.now, to: $0) } ?? Int.max
            switch state {
            case .gone, .closed: return [.terminalGone]
            case .background: wait = min(wait, Self.backgroundInterval)
            case .active:
                if decoder.isPasting {
                    wait = min(wait, Self.milliseconds(of: KeyDecoder.silence))
                }
                if hasMoreInput { wait = 0 }
            }
            let events = poll(milliseconds: wait)
            if !events.isEmpty { return events }
            if let deadline, clock.now >= deadline { return [.timeout] }
        }
    }

    /// The interval in milliseconds at which a background process checks whether it has the
    /// terminal again.
    private static let backgroundInterval = 500
    /// The maximum number of input pieces per call, so that a large input does not delay other
    /// events.
    private static let burst = 4096

    private static func milliseconds(
        from now: ContinuousClock.Instant, to end: ContinuousClock.Instant
    ) -> Int {
        milliseconds(of: end - now)
    }

    private static func milliseconds(of time: Duration) -> Int {
        let rest = time.components
        // Rounds up, so that no wait ends before its time.
        let (whole, part) = rest.attoseconds.quotientAndRemainder(dividingBy: 1_000_000_000_000_000)
        return Int(max(0, rest.seconds * 1000 + whole + (part > 0 ? 1 : 0)))
    }

    private func poll(milliseconds: Int) -> [Event] {
        var input = pollfd(fd: device.input, events: Int16(POLLIN), revents: 0)
        if case .background = state { input.fd = -1 }
        var descriptors = [
            pollfd(fd: signals.readEnd, events: Int16(POLLIN), revents: 0),
            pollfd(fd: waker.descriptor, events: Int16(POLLIN), revents: 0),
            input,
        ]
        let timeout = milliseconds > Int(Int32.max) ? -1 : Int32(milliseconds)
        let count = systemPoll(&descriptors, timeout)
        var events: [Event] = []
        if count > 0, descriptors[0].revents != 0 { events += readSignals() }
        if count > 0, descriptors[1].revents != 0 {
            waker.reset()
            events.append(.wake)
        }
        switch state {
        case .active: events += readInput(ready: count > 0 ? descriptors[2].revents : 0)
        case .background: events += takeTerminal()
        case .gone, .closed: break
        }
        return events
    }

    private func readSignals() -> [Event] {
        let numbers = Set(signals.drain().map(Int32.init))
        // A signal to end the program takes priority over stopping and drawing.
        let ends = Self.ends(among: numbers)
        guard ends.isEmpty, case .active = state else { return ends }
        if numbers.contains(SIGTSTP) {
            fuse_screen_leave()
            state = .background
            fuse_suspend()
            let ends = Self.ends(among: Set(signals.drain().map(Int32.init)))
            return ends.isEmpty ? takeTerminal() : ends
        }
        if numbers.contains(SIGCONT) {
            // A process cannot handle SIGSTOP. After it, the shell may have changed the terminal
            // modes.
            state = .background
            return takeTerminal()
        }
        guard numbers.contains(SIGWINCH) else { return [] }
        fuse_screen_resize()
        forgetScreen()
        return [.resize]
    }

    private static func ends(among numbers: Set<Int32>) -> [Event] {
        [SIGHUP, SIGTERM, SIGINT, SIGQUIT].filter(numbers.contains).map { .terminate(signal: $0) }
    }

    /// Starts drawing again, if the process is in the foreground of the terminal.
    private func takeTerminal() -> [Event] {
        guard fuse_screen_is_foreground() else { return [] }
        fuse_screen_enter()
        forgetScreen()
        state = .active
        return [.resumed]
    }

    private func readInput(ready: Int16) -> [Event] {
        if Int32(ready) & Int32(POLLHUP | POLLERR | POLLNVAL) != 0 {
            state = .gone
            return [.terminalGone]
        }
        let silent = decoder.fallSilent(for: .now - lastInput).map(Event.key)
        guard ready != 0 || hasMoreInput else { return silent }
        lastInput = .now
        var events = silent
        var count = 0
        let waiting = device.waitingBytes
        while count < Self.burst {
            var value: UInt32 = 0
            let kind = Int(fuse_key(&value))
            guard kind != FUSE_KEY_NONE else { break }
            count += 1
            let scalar = kind == FUSE_KEY_CHARACTER ? Unicode.Scalar(value) : nil
            events += decoder.decode(kind, scalar).map(Event.key)
        }
        hasMoreInput = count == Self.burst
        if !hasMoreInput { events += decoder.endBurst().map(Event.key) }
        // A closed terminal always reports that it is readable, but has no bytes.
        emptyReads = count == 0 && waiting == 0 ? emptyReads + 1 : 0
        guard emptyReads >= 3 else { return events }
        state = .gone
        return events + [.terminalGone]
    }
}

/// Calls the system's `poll`, whose name the method above hides.
private func systemPoll(_ descriptors: inout [pollfd], _ timeout: Int32) -> Int32 {
    poll(&descriptors, nfds_t(descriptors.count), timeout)
}
