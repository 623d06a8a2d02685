"""A breaker's state as it is told, and an operator's hold on it."""

from __future__ import annotations

import threading
import time
from typing import Any, Callable, Dict, List, Optional

from ._limit import Refused
from ._text import clip

CLOSED = "closed"
OPEN = "open"
HALF_OPEN = "half_open"
FORCED_OPEN = "forced_open"


class Breaker:
    """A breaker's state, with an operator's hold in front of it.

    A hold is a gate of our own: it needs no lock of the breaker behind it, which may be held for as long
    as a call takes.

    :param on_close: makes the breaker behind it closed, its counts cleared.
    :param on_half_open: makes it let a probe through.
    """

    def __init__(
        self,
        on_close: Optional[Callable[[], None]] = None,
        on_half_open: Optional[Callable[[], None]] = None,
        on_open: Optional[Callable[[Optional[float]], None]] = None,
    ) -> None:
        self._on_close = on_close or (lambda: None)
        self._on_half_open = on_half_open
        self._on_open = on_open
        self._lock = threading.RLock()
        self.held = False
        """Whether an operator holds it open: nothing may pass."""
        self.until: Optional[float] = None
        """The end of the hold, or of the time open, in ``time.monotonic`` seconds."""
        self.state = CLOSED
        self.version = 0
        self.why = ""
        self.by = "policy"
        self.facts: Dict[str, Any] = {}
        """What is known of its rule: ``trip``, ``open_ms``, ``half_open_calls``."""
        self._since = time.monotonic()
        self.tell: Callable[[Dict[str, Any]], None] = lambda line: None
        """Where its changes are told; set by the strategy that has it."""

    @property
    def orders(self) -> List[str]:
        """What an operator can have done with it."""
        return ["open", "reset"] + (["half_open"] if self._on_half_open else [])

    def follow(self, to: str, why: str, open_for: Optional[float] = None) -> None:
        """The breaker behind it is in a state now; nothing is told where it was before, or while an
        operator holds it.

        :param open_for: seconds until it lets a probe through, where known.
        """
        with self._lock:
            if not self.held and to != self.state:
                self._move(to, why, "policy", open_for)

    def open(self, seconds: Optional[float]) -> None:
        """Holds it open, for a time or until it is reset."""
        if self._on_open:
            self._on_open(seconds)
        with self._lock:
            self.held = True
            self._move(FORCED_OPEN, "held open", "operator", seconds)

    def reopen(self, why: str, seconds: float) -> None:
        """A probe failed: nothing may pass for a time."""
        with self._lock:
            self.held = True
            self._move(OPEN, why, "policy", seconds)

    def _move(self, to: str, why: str, by: str, open_for: Optional[float] = None) -> None:
        was, self.state, self.why, self.by = self.state, to, why, by
        self.version += 1
        self._since = time.monotonic()
        self.until = None if open_for is None else self._since + open_for
        line: Dict[str, Any] = {
            "t": "breaker",
            "version": self.version,
            "from": was,
            "to": to,
            "by": by,
            "why": clip(why, 1024),
        }
        if open_for is not None:
            line["probe_in_ms"] = max(0, round(open_for * 1000))
        self.tell(line)

    def reset(self) -> None:
        """Closes it, whatever it was."""
        self._on_close()
        with self._lock:
            self.held = False
            self._move(CLOSED, "reset", "operator")

    def half_open(self, why: str = "probe now", by: str = "operator") -> None:
        """Lets a probe through."""
        if self._on_half_open is None:
            raise Refused("this breaker cannot be made to probe", "unsupported")
        self._on_half_open()
        with self._lock:
            self.held = False
            self._move(HALF_OPEN, why, by)

    @property
    def ends_at(self) -> Optional[float]:
        """When :meth:`end_hold` has something to do, in ``time.monotonic`` seconds."""
        return self.until if self.held else None

    def is_over(self, now: float) -> bool:
        """Whether the time of a hold is over."""
        end = self.ends_at
        return end is not None and now >= end

    def end_hold(self) -> None:
        """Where the time of a hold is over, it probes if it can, else it is closed."""
        if not self.is_over(time.monotonic()):
            return
        if self._on_half_open is None:
            self.reset()
        else:
            self.half_open("time to probe", "policy")

    def forget_lock(self) -> None:
        """In a forked child, where another thread may have held the lock."""
        self._lock = threading.RLock()

    def reading(self) -> Dict[str, Any]:
        """As the protocol tells it."""
        now = time.monotonic()
        line: Dict[str, Any] = {
            "state": self.state,
            "version": self.version,
            "why": clip(self.why, 1024),
            "by": self.by,
            "since_ms": round((now - self._since) * 1000),
            **self.facts,
        }
        if self.until is not None:
            line["probe_in_ms"] = max(0, round((self.until - now) * 1000))
        return line
