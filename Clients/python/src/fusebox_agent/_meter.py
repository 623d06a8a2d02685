"""Counts the calls of a strategy between two of its ``delta`` lines."""

from __future__ import annotations

import threading
import weakref
from collections import deque
from time import monotonic
from typing import TYPE_CHECKING, Any, Deque, Dict, Optional, Tuple

from ._counts import CANCELLED, ENDED, FAILED, OK, REJECTED, SETTLED, WAITING, Counts

if TYPE_CHECKING:
    from ._call import Call

__all__ = ["CANCELLED", "FAILED", "OK", "REJECTED", "Meter"]

STALL = 10.0
"""Seconds without a byte of an answer that has begun, after which its call is reported as waiting."""
GRACE = 0.1
"""Seconds in which a settled call may still resume."""
FULL = 512
"""The number of buffered calls or errors at which the thread that buffers another one adds some up itself."""
SUMS = 64
"""The number of sums that calling threads leave for the thread that sends."""
IN_FLIGHT = 4_096
"""The number of references to calls in flight at which a calling thread removes those that ended."""


class Meter:
    """Buffers calls when they begin, and counts them after they ended.

    A calling thread only appends its call to a queue, and marks the call when it ends. The thread that sends adds up
    the queue; a calling thread does so if the queue is full. Each call is counted by the thread that removes it, so it
    is counted once. Calling threads wait for no lock, so a signal handler or finaliser may make calls at any time.
    """

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Resets everything, also in a forked child: a thread of the parent may have held the lock."""
        self.room = -1
        """The number of calls that the queue may hold. The first call is always one too many: it starts the agent."""
        self.calls: "Deque[Call]" = deque()
        """Calls that began, in flight or ended. In a forked child this is another queue."""
        self._errors: Deque[Tuple[str, int, Optional[str]]] = deque()
        self._live: "Deque[weakref.ref[Call]]" = deque()
        """Calls that were in flight when they were removed from the queue. Changed from the left only under the lock."""
        self._live_room = IN_FLIGHT
        self._sums: Deque[Counts] = deque()
        self._counts = Counts()
        self._lock = threading.Lock()
        self._since = monotonic()

    def error(self, error: str, message: Optional[str]) -> None:
        """Counts the error of an attempt."""
        self._errors.append((error, 1, message))
        if len(self._errors) > FULL:
            self.relieve()

    def say(self, error: str, message: str) -> None:
        """Sets the message of an error type, such as ``Retry-After``. It is sent even if error messages are not."""
        self._errors.append((error, 0, message))

    def relieve(self) -> None:
        """Adds up the oldest calls of a full queue. Called by the program's threads; waits for no lock."""
        self._sums.append(self._take(FULL))
        is_behind = len(self._sums) > SUMS or len(self._live) > self._live_room
        if is_behind and self._lock.acquire(blocking=False):
            try:
                self._add_up(monotonic(), False)
            finally:
                self._lock.release()

    def add_up(self) -> None:
        """Adds up all buffered calls."""
        with self._lock:
            self._add_up(monotonic(), False)

    def delta(self, is_last: bool = False) -> Optional[Dict[str, Any]]:
        """The counts since the last ``delta``; ``None`` without counts and calls in flight.

        :param is_last: whether the process ends: a settled call cannot resume.
        """
        now = monotonic()
        with self._lock:
            live, waiting, oldest = self._add_up(now, is_last)
            elapsed, self._since = now - self._since, now
            if not live and self._counts.is_empty():
                return None
            line = {
                "ms": max(1, round(elapsed * 1000)), **self._counts.line(),
                "in_flight": live, "waiting": waiting,
            }
            if live:
                line["oldest_ms"] = round((now - oldest) * 1000)
            self._counts = Counts()
            return line

    def put_back(self, line: Dict[str, Any]) -> None:
        """Adds the counts of an unsent ``delta`` to the next one."""
        with self._lock:
            self._counts.add_line(line)
            self._since -= line["ms"] / 1000

    def _take(self, most: int) -> Counts:
        """Removes calls and errors from the queues, at most this many, and counts them."""
        counts = Counts()
        took, answered = counts.took.append, counts.answered.append
        well = 0
        pop = self.calls.popleft
        try:
            for _ in range(most):
                call = pop()
                phase = call.phase
                if (
                    phase == OK and call.attempts == 1 and not call.counted
                    and (call.is_plain or call.source is None and call._retry_number is None)
                ):
                    well += 1
                    took(call.stop - call.start)
                    if not call.is_plain:
                        try:
                            answered(call.answered - call.start)
                        except AttributeError:  # No byte is known.
                            pass
                elif phase in ENDED:
                    counts.call(call)
                else:
                    call.hold_weakly()
                    self._live.append(weakref.ref(call))
        except IndexError:
            pass
        if well:
            counts.ended[OK] += well
            counts.attempts += well
            counts.retries[0] = counts.retries.get(0, 0) + well
        counts.place()
        try:
            for _ in range(most):
                counts.error(*self._errors.popleft())
        except IndexError:
            pass
        return counts

    def _add_up(self, now: float, is_last: bool) -> Tuple[int, int, float]:
        """Counts everything up to now. Returns the numbers of calls in flight and waiting, and the oldest start."""
        counts, sums = self._counts, self._sums
        rest = self._take(max(len(self.calls), len(self._errors)))
        while sums:
            counts.add(sums.popleft())
        counts.add(rest)
        in_flight = waiting = 0
        oldest = now
        for _ in range(len(self._live)):
            reference = self._live.popleft()
            call = reference()
            claim = None if call is None else call.claim
            if call is None or not claim:  # Its finaliser put it back into the queue.
                continue
            try:
                claim.pop()
            except IndexError:
                continue
            counts.attempted(call)
            if call.phase == SETTLED and (is_last or now - call.stop >= GRACE):
                call.abandon()
            phase = call.phase
            if phase in ENDED:
                counts.call(call)
                continue
            if phase != SETTLED:
                in_flight += 1
                waiting += phase == WAITING or _is_stalled(call, now)
                oldest = min(oldest, call.start)
            self._live.append(reference)
            claim.append(None)
            if call.is_dropped:  # The finaliser ran meanwhile.
                call.requeue()
        if self.calls:  # Finalisers put calls back into the queue.
            counts.add(self._take(len(self.calls)))
        self._live_room = max(IN_FLIGHT, 2 * len(self._live))
        return in_flight, waiting, oldest


def _is_stalled(call: "Call", now: float) -> bool:
    return not call.is_plain and hasattr(call, "heard") and now - call.heard >= STALL
