"""Counters of a strategy's calls since its last ``delta`` line."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Any, Callable, Deque, Dict, Optional, Tuple

from ._latency import bucket

if TYPE_CHECKING:
    from ._strategy import Call

OK = "ok"
FAILED = "failed"
REJECTED = "rejected"
CANCELLED = "cancelled"

ERROR_TYPES = 50
"""The number of error types with a separate count; further types are counted together."""
OTHERS = "(others)"
GRACE = 0.1
"""Seconds in which a settled call may still resume."""
SETTLED = 1_000
"""The maximum number of settled calls that are kept."""


class Meter:
    """Counters of ended calls, and the calls in flight.

    The lock is reentrant: a signal handler or finaliser that makes a call while its thread is counting does not
    deadlock.
    """

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Resets everything, also in a forked child: a thread of the parent may have held the lock."""
        self._lock = threading.RLock()
        self._live: Dict[int, float] = {}
        self._settled: Dict[int, Tuple[float, Callable[[], None]]] = {}
        self.abandoned: "Deque[Call]" = deque(maxlen=SETTLED)
        """Calls that were garbage collected before they ended."""
        self._next = 0
        self._waiting = 0
        self.epoch = object()
        self._clear()
        self._since = time.monotonic()

    def _clear(self) -> None:
        self._ended = {OK: 0, FAILED: 0, REJECTED: 0, CANCELLED: 0}
        self._attempts = 0
        self._retries: Dict[str, int] = {}
        self._errors: Dict[str, int] = {}
        self._messages: Dict[str, str] = {}
        self._latency: Dict[int, int] = {}
        self._retrying = 0.0
        self._used = 0
        self._cached = 0

    def enter(self, now: float) -> int:
        """Begins a call. Returns a key for its end."""
        with self._lock:
            self._next += 1
            self._live[self._next] = now
            return self._next

    def settle(self, key: int, end: Callable[[], None]) -> None:
        """Removes a call from those in flight although its end was not reported. It may still resume."""
        with self._lock:
            self._live.pop(key, None)
            self._settled[key] = (time.monotonic(), end)
            if len(self._settled) > SETTLED:
                self.end_settled(float("inf"))

    def resume(self, key: int, start: float) -> None:
        """Puts a settled call back in flight."""
        with self._lock:
            if self._settled.pop(key, None) is not None:
                self._live[key] = start

    def end_settled(self, now: float) -> None:
        """Ends the settled calls that did not resume in time."""
        while self.abandoned:
            self.abandoned.popleft().abandon()
        with self._lock:
            over = [key for key, (since, _) in self._settled.items() if now - since >= GRACE]
            for end in [self._settled.pop(key)[1] for key in over]:
                end()

    def attempt(self, error: Optional[str], message: Optional[str]) -> None:
        """Counts an attempt that ended, with or without an error."""
        with self._lock:
            self._attempts += 1
            if error is not None:
                self.error(error, message)

    def error(self, error: str, message: Optional[str]) -> None:
        """Counts the error of an attempt that is counted already."""
        with self._lock:
            if error not in self._errors and len(self._errors) >= ERROR_TYPES:
                error = OTHERS
            self._errors[error] = self._errors.get(error, 0) + 1
            if message:
                self._messages[error] = message

    def say(self, error: str, message: str) -> None:
        """Sets the message of an error type, such as ``Retry-After``. It is sent even if error messages are not."""
        with self._lock:
            if error in self._errors:
                self._messages[error] = message

    def wait(self, more: int) -> None:
        """Adds to the number of calls that wait for their next attempt."""
        with self._lock:
            self._waiting += more

    def leave(
        self, key: int, end: str, retries: int, took: float, retrying: float, source: Optional[str]
    ) -> None:
        """Counts a call that ended."""
        with self._lock:
            self._live.pop(key, None)
            self._settled.pop(key, None)
            self._ended[end] += 1
            if end == OK or end == FAILED:
                number = str(retries)
                self._retries[number] = self._retries.get(number, 0) + 1
                place = bucket(took)
                self._latency[place] = self._latency.get(place, 0) + 1
            self._retrying += retrying
            if source is not None:
                self._used += 1
            if source == "cache":
                self._cached += 1

    def delta(self) -> Optional[Dict[str, Any]]:
        """The counts since the last ``delta``; ``None`` without counts and calls in flight."""
        now = time.monotonic()
        self.end_settled(now)
        with self._lock:
            ended, attempts, live = self._ended, self._attempts, len(self._live)
            elapsed, self._since = now - self._since, now
            if not attempts and not live and not any(ended.values()):
                return None
            line: Dict[str, Any] = {
                "ms": max(1, round(elapsed * 1000)),
                **ended,
                "attempts": attempts,
                "retries": self._retries,
                "errors": self._errors,
                "latency": sorted(self._latency.items()),
                "retry_ms": round(self._retrying * 1000),
                "in_flight": live,
                "waiting": max(0, min(live, self._waiting)),
            }
            if live:
                line["oldest_ms"] = round((now - next(iter(self._live.values()))) * 1000)
            if self._used:
                line["fallback"] = {"used": self._used, "cached": self._cached}
            if self._messages:
                line["messages"] = self._messages
            self._clear()
            return line

    def put_back(self, line: Dict[str, Any]) -> None:
        """Adds the counts of an unsent ``delta`` to the next one."""
        with self._lock:
            for end in self._ended:
                self._ended[end] += line[end]
            self._attempts += line["attempts"]
            for number, count in line["retries"].items():
                self._retries[number] = self._retries.get(number, 0) + count
            for error, count in line["errors"].items():
                if error not in self._errors and len(self._errors) >= ERROR_TYPES:
                    error = OTHERS
                self._errors[error] = self._errors.get(error, 0) + count
            for error, message in line.get("messages", {}).items():
                if error in self._errors:
                    self._messages.setdefault(error, message)
            for place, count in line["latency"]:
                self._latency[place] = self._latency.get(place, 0) + count
            self._retrying += line["retry_ms"] / 1000
            fallback = line.get("fallback", {"used": 0, "cached": 0})
            self._used += fallback["used"]
            self._cached += fallback["cached"]
            self._since -= line["ms"] / 1000
