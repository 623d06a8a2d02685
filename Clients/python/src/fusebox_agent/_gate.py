"""A breaker for strategies without a library breaker. It opens only by an operator's command."""

from __future__ import annotations

import math
import time
from typing import Any, Optional

from ._breaker import CLOSED, HALF_OPEN, Breaker

LONGEST_PROBE = 60.0
"""Seconds after which a probe that has not ended is abandoned and another call may probe."""


class HeldByOperator(Exception):
    """A mark of all exceptions that are raised instead of a call while an operator holds its strategy open."""

    raised_at = math.inf
    """When it was created, in ``time.monotonic`` seconds."""

    def __new__(cls, *arguments: Any, **named: Any) -> "HeldByOperator":
        error = super().__new__(cls, *arguments, **named)
        error.raised_at = time.monotonic()
        return error


def held_error(error: Optional[BaseException], since: float = 0.0) -> Optional[HeldByOperator]:
    """The error that says that an operator holds a strategy open: the error itself, or an error that caused it.

    :param since: when the call began. An error from before is one that the program handles: it now tries another host.
    """
    for _ in range(20):  # A cycle of causes must not be followed forever.
        if error is None:
            return None
        if isinstance(error, HeldByOperator):
            return error if error.raised_at >= since else None
        error = error.__cause__ or error.__context__
    return None


def is_held(error: Optional[BaseException], since: float = 0.0) -> bool:
    """Whether an error was raised because an operator holds a strategy open. See :func:`held_error`."""
    return held_error(error, since) is not None


class Gate(Breaker):
    """Admits all calls unless an operator holds it open. After a hold that has an end, it admits all calls again.

    If the operator asks for probes, it admits one call at a time until one succeeds.
    """

    def __init__(self) -> None:
        super().__init__(on_half_open=lambda: None)
        self._probe: Optional[float] = None
        self.facts = {"trip": "an operator's order only", "half_open_calls": 1}

    def refusal(self) -> Optional[str]:
        """The reason why a call is rejected; ``None`` if it is admitted."""
        if not self.held and self.state == CLOSED:
            return None
        with self._lock:
            now = time.monotonic()
            if self.is_over(now):
                self.end_hold()
            if self.held:
                return self.held_words(now)
            if self.state == HALF_OPEN:
                if self._probe is not None and now - self._probe < LONGEST_PROBE:
                    return "held by an operator: a probe is under way"
                self._probe = now
            return None

    def end_hold(self) -> None:
        """Ends an expired hold: all calls are admitted."""
        with self._lock:
            if self.is_over(time.monotonic()):
                self.held = False
                self._move(CLOSED, "the operator's hold is over", "policy")

    def ended(self, is_well: Optional[bool]) -> None:
        """Records the end of an admitted call.

        :param is_well: whether it succeeded; ``None`` if unknown, for example after a cancellation.
        """
        if self.state != HALF_OPEN:
            return
        with self._lock:
            if self.state == HALF_OPEN:
                self._probe = None
                if is_well:
                    self._move(CLOSED, "the probe succeeded", "policy")
