"""A breaker of our own where none stands behind it: it opens by an operator's order alone."""

from __future__ import annotations

import time
from typing import Optional

from ._breaker import CLOSED, HALF_OPEN, Breaker

AGAIN = 30.0
"""Seconds until the next probe after one that failed."""
LONGEST_PROBE = 60.0
"""Seconds after which a probe that has not ended is waited for no longer."""


class Gate(Breaker):
    """Lets calls pass unless an operator holds it; after that lets one through at a time until one ends well."""

    def __init__(self) -> None:
        super().__init__(on_half_open=lambda: None)
        self._probe: Optional[float] = None
        self.facts = {"trip": "by hand", "open_ms": round(AGAIN * 1000), "half_open_calls": 1}

    def refusal(self) -> Optional[str]:
        """Why a call may not pass; ``None`` where it may."""
        if not self.held and self.state == CLOSED:
            return None
        with self._lock:
            now = time.monotonic()
            if self.is_over(now):
                self.end_hold()
            if self.held:
                until = "" if self.until is None else f" for {self.until - now:.0f} s more"
                return f"{self.why}{until}"
            if self.state == HALF_OPEN:
                if self._probe is not None and now - self._probe < LONGEST_PROBE:
                    return "a probe is under way"
                self._probe = now
            return None

    def ended(self, is_well: Optional[bool]) -> None:
        """A call that passed ended.

        :param is_well: ``None`` where it says nothing, as when its caller gave up.
        """
        if self.state != HALF_OPEN:
            return
        with self._lock:
            if self.state != HALF_OPEN:
                return
            self._probe = None
            if is_well:
                self._move(CLOSED, "the probe succeeded", "policy")
            elif is_well is False:
                self.reopen("the probe failed", AGAIN)
