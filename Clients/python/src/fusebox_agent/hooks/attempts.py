"""Calls with retries: operators can limit their attempts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from .._limit import Limit
from .._strategy import Call, Strategy

if TYPE_CHECKING:
    from .._agent import Agent

MOST_ATTEMPTS = 20
"""The highest limit that an operator can set for a client, unless the program's own limit is higher."""
MOST_OF_PROGRAM = 100
"""The same for functions, nodes and tasks of the program."""


class LimitedCall:
    """A call in flight, with the limit of attempts that was pinned when it began."""

    __slots__ = ("call", "pinned")

    def __init__(self, strategy: Strategy) -> None:
        self.pinned = strategy.pinned("max_attempts")
        self.call: Call = strategy.begin()


def retried(
    agent: "Agent", name: str, target: Optional[str], own: Optional[int], library: str, most: int = MOST_ATTEMPTS
) -> Strategy:
    """The strategy of calls with retries. Calls of one strategy may differ; the largest limit of them is shown.

    :param own: the program's limit of attempts; ``None`` if it is not known, and cannot be changed.
    :param most: the highest limit that an operator can set, unless ``own`` is higher.
    """
    strategy = agent.strategies.get(name)
    if strategy is None:
        limits = None
        if own is not None:
            limits = {"max_attempts": Limit(own, minimum=1, maximum=max(most, own), unit="attempts")}
        return agent.strategy(name, "retry", target, limits, None, library)
    if strategy.limits and own is not None:
        strategy.limits["max_attempts"].widen(own)
    return strategy
