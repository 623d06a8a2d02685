"""The state of a breaker as reported to the hub, and an operator's hold."""

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

    The hold is checked before the library's breaker. It does not take the library's lock, which may be held for the
    duration of a call.

    :param on_close: closes the library's breaker and clears its counts.
    :param on_half_open: makes the library's breaker admit a probe.
    :param on_open: called with the seconds of a hold before it starts; ``None`` for a hold without an end.
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
        """Whether it is held open: every call is rejected."""
        self._reason: Optional[str] = None
        self.until: Optional[float] = None
        """When the hold or the open state ends, in ``time.monotonic`` seconds."""
        self.state = CLOSED
        self.version = 0
        self.why = ""
        self.by = "policy"
        self.facts: Dict[str, Any] = {}
        """The known fields of its policy: ``trip``, ``open_ms``, ``half_open_calls``."""
        self._since = time.monotonic()
        self.tell: Callable[[Dict[str, Any]], None] = lambda line: None
        """Sends a state change; set by the strategy that owns the breaker."""

    @property
    def orders(self) -> List[str]:
        """The commands that it supports."""
        return ["open", "reset"] + (["half_open"] if self._on_half_open else [])

    def follow(self, to: str, why: str, open_for: Optional[float] = None) -> None:
        """Records the state of the library's breaker. Ignored if the state is unchanged or an operator holds it.

        :param open_for: seconds until it admits a probe, if known.
        """
        with self._lock:
            if not self.held and to != self.state:
                self._move(to, why, "policy", open_for)

    def open(self, seconds: Optional[float], reason: Optional[str] = None) -> None:
        """Holds it open for a number of seconds, or until it is reset.

        :param reason: the operator's reason.
        """
        if self._on_open:
            self._on_open(seconds)
        with self._lock:
            self.held = True
            self._reason = reason
            self._move(FORCED_OPEN, reason or "held open", "operator", seconds)

    def held_words(self, now: float) -> str:
        """The message for a call that is rejected because of the hold."""
        reason = f": {self._reason}" if self._reason else ""
        end = "it is reset"
        if self.until is not None:
            end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + self.until - now))
        return f"held by an operator{reason} until {end}"

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
        """Closes it from any state."""
        self._on_close()
        with self._lock:
            self.held = False
            self._move(CLOSED, "reset", "operator")

    def half_open(self, why: str = "probe now", by: str = "operator") -> None:
        """Makes it admit a probe.

        :raises Refused: if it does not support half-open.
        """
        if self._on_half_open is None:
            raise Refused("this breaker does not support half-open", "unsupported")
        self._on_half_open()
        with self._lock:
            self.held = False
            self._move(HALF_OPEN, why, by)

    @property
    def ends_at(self) -> Optional[float]:
        """When :meth:`end_hold` is due, in ``time.monotonic`` seconds; ``None`` if it is not."""
        return self.until if self.held else None

    def is_over(self, now: float) -> bool:
        """Whether the hold has expired."""
        end = self.ends_at
        return end is not None and now >= end

    def end_hold(self) -> None:
        """Makes an expired hold half-open if that is supported, else closes it."""
        if not self.is_over(time.monotonic()):
            return
        if self._on_half_open is None:
            self.reset()
        else:
            self.half_open("time to probe", "policy")

    def forget_lock(self) -> None:
        """Replaces the lock in a forked child: a thread of the parent may have held it."""
        self._lock = threading.RLock()

    def reading(self) -> Dict[str, Any]:
        """Its fields in the protocol's ``strategy`` line."""
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
