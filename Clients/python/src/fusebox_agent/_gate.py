"""A breaker for strategies without a library breaker. It opens only by an operator's command."""

from __future__ import annotations

import time
from typing import Optional

from ._breaker import CLOSED, HALF_OPEN, Breaker

AGAIN = 30.0
"""Seconds between a failed probe and the next one."""
LONGEST_PROBE = 60.0
"""Seconds after which a probe that has not ended is abandoned and another call may probe."""


class Gate(Breaker):
    """Admits all calls unless an operator holds it open. After a hold, admits one call at a time until one succeeds."""

    def __init__(self) -> None:
        super().__init__(on_half_open=lambda: None)
        self._probe: Optional[float] = None
        self.facts = {"trip": "only by an operator", "open_ms": round(AGAIN * 1000), "half_open_calls": 1}

    def refusal(self) -> Optional[str]:
        """The reason why a call is rejected; ``None`` if it is admitted."""
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
        """Records the end of an admitted call.

        :param is_well: whether it succeeded; ``None`` if unknown, for example after a cancellation.
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
