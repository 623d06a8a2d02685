"""A strategy: counts its calls, reports its state, and offers the commands of operators."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any, Dict, List, Optional

from ._breaker import Breaker
from ._call import Call, is_cancellation
from ._limit import Limit
from ._meter import FULL, Meter
from ._patch import complain
from ._text import clip

if TYPE_CHECKING:
    from ._agent import Agent

__all__ = ["Call", "Strategy", "is_cancellation"]

class Strategy:
    """The counters, the breaker state and the limits of calls of one kind.

    :param name: its name, 1 to 128 bytes.
    :param kind: its layers, outermost first, joined by ``+``.
    :param target: the destination of its calls, such as a host.
    """

    def __init__(
        self,
        agent: "Agent",
        name: str,
        kind: str,
        target: Optional[str] = None,
        limits: Optional[Dict[str, Limit]] = None,
        breaker: Optional[Breaker] = None,
    ) -> None:
        self.agent = agent
        self.name = name
        self.kind = kind
        self.target = target
        self.limits = dict(limits or {})
        self.breaker = breaker
        self.meter = Meter()
        self.number = 0
        """The number of ``delta`` lines sent."""
        self.tapped = False
        """Whether each call is reported separately, or was when the last one ended."""
        self._tapped_until = 0.0

    def begin(self) -> Call:
        """Begins a call."""
        return Call(self)

    def make_room(self) -> None:
        """Adds up the oldest calls of a full queue. Starts the agent for the first call, also of a forked child."""
        if not self.agent.is_running:
            self.agent.run()
        self.meter.room = FULL
        if len(self.meter.calls) > FULL:
            self.meter.relieve()

    def tap(self, seconds: float) -> None:
        """Reports each call separately for a number of seconds."""
        self._tapped_until = monotonic() + seconds
        self.tapped = True

    def tap_is_over(self, now: float) -> bool:
        """Whether the time of the tap is over. Ends the tap if it is."""
        if now >= self._tapped_until:
            self.tapped = False
        return not self.tapped

    def __reduce__(self) -> Any:
        """A copied or pickled breaker has no strategy; it is reported as another breaker when it is used."""
        return type(None), ()

    def tell(self, line: Dict[str, Any]) -> None:
        """Queues an event of this strategy for the hub."""
        line["s"] = self.name
        self.agent.tell(line)

    def pinned(self, name: str) -> Optional[float]:
        """An operator's value of a limit; ``None`` if none is pinned, or if there is no such limit."""
        limit = self.limits.get(name)
        return None if limit is None else limit.pinned

    def tell_limit(self, name: str, was: float) -> None:
        """Reports the current value of a limit."""
        limit = self.limits[name].reading(name)
        self.tell(
            {"t": "limit", "name": name, "was": was, "value": limit["value"], "by": "operator",
             "pinned": limit["pinned"], "why": "set by an operator"}
        )

    def declaration(self) -> Dict[str, Any]:
        """The ``strategy`` line with its full current state."""
        line: Dict[str, Any] = {
            "t": "strategy",
            "s": self.name,
            "kind": clip(self.kind),
            "can": self._can() if self.agent.takes_orders else [],
            "limits": self._limits(),
        }
        if self.target:
            line["target"] = clip(self.target)
        if self.breaker is not None:
            line["breaker"] = self.breaker.reading()
        return line

    def _limits(self) -> List[Dict[str, Any]]:
        """All limits whose values the program can tell."""
        lines = []
        for name, limit in list(self.limits.items()):
            try:
                lines.append(limit.reading(name))
            except Exception:
                complain(f"the limit {name} of {self.name} cannot be read")
        return lines

    def _can(self) -> List[str]:
        orders = self.breaker.orders if self.breaker else []
        return orders + (["set_limit"] if self.limits else []) + ["tap"]

    def forked(self) -> None:
        """Resets the counts in a forked child: the parent reports its own."""
        self.meter.forget()
        self.number = 0
        self.tapped = False
        if self.breaker is not None:
            self.breaker.forget_lock()
