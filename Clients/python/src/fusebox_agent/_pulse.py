"""Detects a silent hub. The kernel accepts data for a stopped hub process, but the hub does not count it."""

from __future__ import annotations

from typing import Optional

PING = 1.0
"""Seconds without a byte from the hub after which the agent sends a ping."""
SILENCE = 3.0
"""Seconds of silence after which the agent leaves a hub that promised to answer pings, and reconnects."""
WELCOME = 10.0
"""Seconds that a hub may take to send ``welcome``. A hub with many new agents is slow."""


class Pulse:
    """The timeouts of one connection. All times are arguments, in seconds of a monotonic clock.

    :param now: when ``hello`` was sent.
    """

    def __init__(self, now: float) -> None:
        self._heard = now
        self._next_ping = now + PING
        self._asked: Optional[float] = now
        """When the oldest unanswered ping was sent; ``None`` if there is none. ``hello`` counts as a ping.

        The hub has some time from then to answer, even if this agent was stopped in between.
        """
        self._patience: Optional[float] = WELCOME
        self.is_welcomed = False

    def welcomed(self, beats: bool) -> None:
        """Records the hub's ``welcome``.

        :param beats: whether it answers pings. An older hub does not, and its silence is no error.
        """
        self.is_welcomed = True
        self._patience = SILENCE if beats else None

    def hear(self, now: float) -> None:
        """Records that the hub sent data."""
        self._heard = now
        self._asked = None
        self._next_ping = now + PING

    @property
    def _end(self) -> float:
        """The time at which a silent hub is given up."""
        if self._patience is None or self._asked is None:
            return float("inf")
        wait = self._patience - PING if self.is_welcomed else self._patience
        return max(self._heard + self._patience, self._asked + wait)

    def is_over(self, now: float) -> bool:
        """Whether the hub has been silent for too long."""
        return now >= self._end

    def wants_ping(self, now: float) -> bool:
        """Whether to send a ping now: true once in each second of silence."""
        if not self.is_welcomed or now < self._next_ping:
            return False
        self._next_ping = now + PING
        if self._asked is None:
            self._asked = now
        return True

    @property
    def next(self) -> float:
        """The time of the next check."""
        return min(self._end, self._next_ping) if self.is_welcomed else self._end
