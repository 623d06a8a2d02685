"""Shared code of the hooks for libraries with circuit breakers."""

from __future__ import annotations

import functools
import sys
import threading
import weakref
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Callable, Dict, Generator, List, Optional, Tuple

from .._breaker import CLOSED, HALF_OPEN, OPEN, Breaker
from .._counts import REJECTED
from .._limit import Limit
from .._patch import quietly
from .._strategy import Call, Strategy

if TYPE_CHECKING:
    from .._agent import Agent

STATES = {
    "closed": CLOSED, "open": OPEN, "opened": OPEN, "half-open": HALF_OPEN, "half_open": HALF_OPEN,
    "half-opened": HALF_OPEN,
}
"""The protocol's states, by the libraries' names."""


class Behind(Breaker):
    """The breaker of a library. The strategy that reports it may outlive it."""

    def __init__(
        self, owner: Any, close: Callable[[Any], None], half_open: Callable[[Any], None]
    ) -> None:
        self.owner = weakref.ref(owner)
        super().__init__(lambda: self._do(close), lambda: self._do(half_open))

    def _do(self, action: Callable[[Any], None]) -> None:
        owner = self.owner()
        if owner is not None:
            action(owner)


def attach(
    agent: "Agent",
    library: str,
    owner: Any,
    name: str,
    threshold: str,
    close: Callable[[Any], None],
    half_open: Callable[[Any], None],
) -> Strategy:
    """Returns the strategy that reports a breaker. Reuses that of a deleted breaker of the same name.

    :param threshold: the attribute with the number of failures that opens the breaker.
    """
    base, number = name, 1
    while True:
        known = agent.strategies.get(name)
        if known is None:
            break
        if isinstance(known.breaker, Behind) and known.breaker.owner() in (None, owner):
            known.breaker.owner = weakref.ref(owner)
            return known
        number += 1
        name = f"{base}#{number}"
    breaker = Behind(owner, close, half_open)
    most = max(100, int(getattr(owner, threshold)))

    def read() -> float:
        alive = breaker.owner()
        return 1 if alive is None else int(getattr(alive, threshold))

    def write(value: float) -> None:
        alive = breaker.owner()
        if alive is not None:
            setattr(alive, threshold, int(value))

    limits: Dict[str, Limit] = {
        "failure_threshold": Limit(read, minimum=1, maximum=most, unit="failures", on_set=write)
    }
    return agent.strategy(name, "breaker", None, limits, breaker, library)


def place_of_creation(inside: Tuple[str, ...]) -> str:
    """The first caller outside the modules in ``inside``: ``module:line``. Names breakers without a name."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] in inside:
        frame = frame.f_back
    return f"{frame.f_globals.get('__name__')}:{frame.f_lineno}"


REFUSED = "refused"
"""The breaker refuses the call, unless it admits it as a probe."""
DEFERRED = "deferred"
"""The call goes on in a generator."""
FAILURE = "failure"
"""The breaker counted a failure."""
EXCLUDED = "excluded"
"""The breaker handled an error and did not count a failure."""


class Passage(Call):
    """A call through a library's breaker, with what the breaker made of it."""

    __slots__ = ("owner", "verdict", "error")

    owner: Any
    verdict: Optional[str]
    error: Optional[BaseException]
    """The error that the breaker handled. Unset without one."""

    def handled(self, error: Optional[BaseException], verdict: str) -> None:
        """Records that the breaker handled an error of the call."""
        self.error = error
        self.verdict = verdict

    def leave(self, error: Optional[BaseException]) -> None:
        """Ends the call. ``error`` is what the breaker raised, which may not be the error of the call."""
        if self.verdict == REFUSED:
            self.end(REJECTED)
        elif self.verdict == FAILURE:
            self.finish(self.error or error)
        elif self.verdict == EXCLUDED and self.error is not None:
            self.finish(None)
        else:
            self.finish(error)

    def follow(self, generator: Any) -> Generator[Any, Any, Any]:
        """Runs a generator; the call ends with it."""
        resume: Callable[[], Any] = lambda: next(generator)
        while True:
            # This is the current call only while the generator runs, not while it is suspended.
            stack = thread.passages
            stack.append(self)
            try:
                value = resume()
            except StopIteration as end:
                quietly(self.leave, None)
                return end.value
            except BaseException as error:
                quietly(self.leave, error)
                raise
            finally:
                stack.pop()
            try:
                sent = yield value
                resume = functools.partial(generator.send, sent)
            except BaseException as error:
                resume = functools.partial(generator.throw, error)


def begin_passage(strategy: Strategy, owner: Any) -> Passage:
    """Begins a call through a breaker."""
    entered = Passage(strategy)
    entered.owner = owner
    entered.verdict = None
    return entered


class _Thread(threading.local):
    """The current calls of a thread through breakers, innermost last. A context variable would cost twice the time."""

    def __init__(self) -> None:
        self.passages: List[Passage] = []


thread = _Thread()
passages: "ContextVar[Tuple[Passage, ...]]" = ContextVar("fusebox_passages", default=())
"""The current calls that may be suspended: of coroutines, and of blocks."""


def passage(owner: Any) -> Optional[Passage]:
    """The innermost current call through a breaker."""
    found = None
    for each in (thread.passages, passages.get()):
        inner = next((p for p in reversed(each) if p.owner is owner), None)
        if inner is not None and (found is None or inner.start > found.start):
            found = inner
    return found
