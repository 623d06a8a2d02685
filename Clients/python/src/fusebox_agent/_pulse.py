"""Whether the hub is heard from. A hub that is stopped takes what is sent, and counts none of it."""

from __future__ import annotations

from typing import Optional

PING = 1.0
"""Seconds without a byte from the hub after which the agent sends a ping."""
SILENCE = 3.0
"""Seconds of silence after which the agent leaves a hub that promised to answer pings, and reconnects."""
WELCOME = 10.0
"""Seconds that a hub may take to welcome an agent. A hub with many agents to welcome is slow."""


class Pulse:
    """The pulse of one connection. Time is given in, in seconds of one clock that never goes back.

    :param now: when hello was said.
    """

    def __init__(self, now: float) -> None:
        self._heard = now
        self._next_ping = now + PING
        self._asked: Optional[float] = now
        """Since when an answer is due; ``None`` where none is: an agent that was stopped itself gives a hub
        the time to answer."""
        self._patience: Optional[float] = WELCOME
        self.is_welcomed = False

    def welcomed(self, beats: bool) -> None:
        """The hub has said welcome.

        :param beats: whether it answers pings. An older hub does not, and may be silent.
        """
        self.is_welcomed = True
        self._patience = SILENCE if beats else None

    def hear(self, now: float) -> None:
        """Something came from the hub."""
        self._heard = now
        self._asked = None
        self._next_ping = now + PING

    @property
    def _end(self) -> float:
        """When the hub has been silent for too long."""
        if self._patience is None or self._asked is None:
            return float("inf")
        wait = self._patience - PING if self.is_welcomed else self._patience
        return max(self._heard + self._patience, self._asked + wait)

    def is_over(self, now: float) -> bool:
        """Whether the hub has been silent for too long."""
        return now >= self._end

    def wants_ping(self, now: float) -> bool:
        """Whether the hub is to be asked now: true once in each second of silence."""
        if not self.is_welcomed or now < self._next_ping:
            return False
        self._next_ping = now + PING
        if self._asked is None:
            self._asked = now
        return True

    @property
    def next(self) -> float:
        """When to look again."""
        return min(self._end, self._next_ping) if self.is_welcomed else self._end
