"""A strategy: its calls counted, its state told, its operator obeyed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Dict, List, Optional

from ._breaker import Breaker
from ._limit import Limit
from ._meter import CANCELLED, FAILED, OK, REJECTED, Meter
from ._text import clip, error_name

if TYPE_CHECKING:
    from ._agent import Agent


UNWANTED = "(unwanted result)"
"""What an attempt is counted as that raised nothing and is made again."""


class Call:
    """One call of a strategy, from its beginning to its end. Nothing here raises or waits."""

    __slots__ = (
        "_strategy", "_meter", "_epoch", "_key", "_start", "_first", "_last", "_waits", "_failed",
        "_errors", "attempts", "retry_number", "ended",
    )

    def __init__(self, strategy: "Strategy") -> None:
        self._strategy = strategy
        self._meter = strategy.meter
        self._epoch = self._meter.epoch
        self._start = time.monotonic()
        self._first = 0.0
        self._last = 0.0
        self._waits = False
        self._failed = False
        self._errors: List[str] = []
        self.attempts = 0
        self.retry_number: Optional[int] = None
        """The number of retries, where it is not what the attempts come to."""
        self.ended = False
        self._key = self._meter.enter(self._start)

    def attempt(self, error: "BaseException | str | None" = None) -> None:
        """An attempt ended: with an error, or well."""
        if self._is_over():
            return
        self.goes_on()
        self.attempts += 1
        self._last = time.monotonic()
        if self.attempts == 1:
            self._first = self._last
        self._failed = error is not None
        if error is None:
            self._meter.attempt(None, None)
            return
        name = clip(error, 128) if isinstance(error, str) else error_name(error)
        if self._strategy.tapped:
            self._errors.append(name)
        message = clip(str(error), 256) if self._strategy.agent.tells_messages else None
        self._meter.attempt(name or "Error", message)

    def unwanted(self) -> None:
        """The attempt that ended well had a result that nobody wanted."""
        if not self._is_over() and self.attempts and not self._failed:
            self._failed = True
            self._errors.append(UNWANTED)
            self._meter.error(UNWANTED, None)

    def settle(self) -> None:
        """Its attempt ended well, and it will hardly go on: it ends soon, unless it does."""
        if not self._is_over():
            self._meter.settle(self._key, self.abandon)

    def waits(self) -> None:
        """It waits for its next attempt."""
        if not self._waits and not self._is_over():
            self._meter.resume(self._key, self._start)
            self._waits = True
            self._meter.wait(1)

    def goes_on(self) -> None:
        """It does not wait any more."""
        if self._waits and self._meter.epoch is self._epoch:
            self._waits = False
            self._meter.wait(-1)

    def end(self, end: str, source: Optional[str] = None) -> None:
        """It ended.

        :param end: ``ok``, ``failed``, ``rejected`` or ``cancelled``; a call of which no attempt ran is
            never ``failed``, and one of which any did is never ``rejected``.
        :param source: ``fallback`` or ``cache`` where its result did not come from the primary.
        """
        if self._is_over():
            return
        self._end(end, source, time.monotonic())

    def _end(self, end: str, source: Optional[str], now: float) -> None:
        self.goes_on()
        self.ended = True
        if end == REJECTED and self.attempts:
            end = FAILED
        retries = self.attempts - 1 if self.retry_number is None else self.retry_number
        retrying = now - self._first if self.attempts > 1 else 0.0
        self._meter.leave(self._key, end, max(0, retries), now - self._start, retrying, source)
        if self._strategy.tapped:
            self._strategy.tell(
                {
                    "t": "call", "end": end, "attempts": self.attempts,
                    "us": round((now - self._start) * 1e6), "errors": self._errors[:16], "tap": True,
                    **({} if source is None else {"from": source}),
                }
            )

    def finish(self, error: Optional[BaseException]) -> None:
        """It ended with its only attempt."""
        if error is None:
            self.attempt()
            self.end(OK)
        elif is_cancellation(error):
            self.end(CANCELLED)
        else:
            self.attempt(error)
            self.end(FAILED)

    def _is_over(self) -> bool:
        return self.ended or self._meter.epoch is not self._epoch

    def abandon(self) -> None:
        """Nobody goes on with it: it ended as its last attempt did, or was given up before or between."""
        if self._is_over():
            return
        if self.attempts and not self._waits:
            self._end(FAILED if self._failed else OK, None, self._last)
        else:
            self.end(CANCELLED)

    def __del__(self) -> None:
        # A collector runs anywhere, also where a lock is held: nothing here may wait for one.
        if not self.ended:
            self._meter.abandoned.append(self)


def is_cancellation(error: BaseException) -> bool:
    """Whether the caller gave up: neither a success nor a failure."""
    return not isinstance(error, Exception)


class Strategy:
    """What calls of one kind come to, what state they are in, and what an operator may change.

    :param name: its name, 1 to 128 bytes.
    :param kind: its layers, outermost first, joined by ``+``.
    :param target: what it calls, such as a host.
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
        """How many deltas were told."""
        self.tapped_until = 0.0
        if breaker is not None:
            breaker.tell = self.tell

    @property
    def tapped(self) -> bool:
        """Whether calls are told one by one."""
        return self.tapped_until > 0 and time.monotonic() < self.tapped_until

    def begin(self) -> Call:
        """A call begins."""
        if not self.agent.is_running:
            self.agent.run()
        return Call(self)

    def tell(self, line: Dict[str, Any]) -> None:
        """Tells an event of it."""
        line["s"] = self.name
        self.agent.tell(line)

    def tell_limit(self, name: str, was: float) -> None:
        """Tells what a limit is now."""
        limit = self.limits[name].reading(name)
        self.tell(
            {"t": "limit", "name": name, "was": was, "value": limit["value"], "by": "operator",
             "pinned": limit["pinned"], "why": "asked to"}
        )

    def declaration(self) -> Dict[str, Any]:
        """Its full present state."""
        line: Dict[str, Any] = {
            "t": "strategy",
            "s": self.name,
            "kind": clip(self.kind),
            "can": self._can() if self.agent.takes_orders else [],
            "limits": [limit.reading(name) for name, limit in list(self.limits.items())],
        }
        if self.target:
            line["target"] = clip(self.target)
        if self.breaker is not None:
            line["breaker"] = self.breaker.reading()
        return line

    def _can(self) -> List[str]:
        orders = self.breaker.orders if self.breaker else []
        return orders + (["set_limit"] if self.limits else []) + ["tap"]

    def forked(self) -> None:
        """In a forked child: what the parent counted is the parent's to tell."""
        self.meter.forget()
        self.number = 0
        self.tapped_until = 0.0
        if self.breaker is not None:
            self.breaker.forget_lock()
