"""A strategy: counts its calls, reports its state, and offers the commands of operators."""

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
"""The error name of an attempt whose result was rejected and is retried."""


class Call:
    """One call of a strategy. No method raises or blocks."""

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
        """The number of retries, if it differs from the attempts minus one."""
        self.ended = False
        self._key = self._meter.enter(self._start)

    def attempt(self, error: "BaseException | str | None" = None) -> None:
        """Records the end of an attempt; without an error, it succeeded."""
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
        """Records that the result of the last successful attempt was rejected."""
        if not self._is_over() and self.attempts and not self._failed:
            self._failed = True
            self._errors.append(UNWANTED)
            self._meter.error(UNWANTED, None)

    def settle(self) -> None:
        """Records a successful attempt that is probably the last. The call ends soon unless it resumes."""
        if not self._is_over():
            self._meter.settle(self._key, self.abandon)

    def waits(self) -> None:
        """Records that the call waits for its next attempt."""
        if not self._waits and not self._is_over():
            self._meter.resume(self._key, self._start)
            self._waits = True
            self._meter.wait(1)

    def goes_on(self) -> None:
        """Records that the wait is over."""
        if self._waits and self._meter.epoch is self._epoch:
            self._waits = False
            self._meter.wait(-1)

    def end(self, end: str, source: Optional[str] = None) -> None:
        """Ends the call.

        :param end: ``ok``, ``failed``, ``rejected`` or ``cancelled``. After an attempt, ``rejected`` is counted as
            ``failed``.
        :param source: ``fallback`` or ``cache`` if the result did not come from the primary.
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
        """Ends a call that had one attempt."""
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
        """Ends a call that does not resume: like its last attempt, or as cancelled before or between attempts."""
        if self._is_over():
            return
        if self.attempts and not self._waits:
            self._end(FAILED if self._failed else OK, None, self._last)
        else:
            self.end(CANCELLED)

    def __del__(self) -> None:
        # The garbage collector may run while a lock is held, so no lock is taken here.
        if not self.ended:
            self._meter.abandoned.append(self)


def is_cancellation(error: BaseException) -> bool:
    """Whether the error is a cancellation, which is neither a success nor a failure."""
    return not isinstance(error, Exception)


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
        self.tapped_until = 0.0

    @property
    def tapped(self) -> bool:
        """Whether each call is reported separately."""
        return self.tapped_until > 0 and time.monotonic() < self.tapped_until

    def begin(self) -> Call:
        """Begins a call."""
        if not self.agent.is_running:
            self.agent.run()
        return Call(self)

    def tell(self, line: Dict[str, Any]) -> None:
        """Queues an event of this strategy for the hub."""
        line["s"] = self.name
        self.agent.tell(line)

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
        """Resets the counts in a forked child: the parent reports its own."""
        self.meter.forget()
        self.number = 0
        self.tapped_until = 0.0
        if self.breaker is not None:
            self.breaker.forget_lock()
