"""The public functions of the package."""

from __future__ import annotations

import atexit
import functools
import threading
from time import monotonic
from typing import Any, Callable, Dict, Optional, TypeVar

from . import _patch, _startup, _timeouts
from ._agent import Agent
from ._gate import Gate, HeldByOperator
from ._imports import imports
from ._limit import Limit
from ._meter import REJECTED
from ._strategy import Call, Strategy, is_cancellation
from .hooks import HOOKS

NAMES = 1_000
"""The limit on the number of remembered names."""

F = TypeVar("F", bound=Callable[..., Any])

_lock = threading.RLock()
_agent: Optional[Agent] = None
_is_prepared = False
"""Whether the agent was created by :func:`prepare` and the program has not called :func:`install`."""
_known: Optional[Dict[str, Strategy]] = None
"""The strategies by the names that :class:`call` was given. ``None`` while nothing is counted."""


class Held(ConnectionError, HeldByOperator):
    """Raised instead of a call while an operator holds the strategy open."""

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)
        self.raised_at = monotonic()


def install(
    agent: Optional[str] = None,
    *,
    socket: Optional[str] = None,
    control: Optional[bool] = None,
    messages: Optional[bool] = None,
) -> None:
    """Reports this process to a hub, and hooks the supported libraries, imported before or after this call.

    Without a hub, the only cost is counting; a hub that starts later is found. A second call does nothing.

    :param agent: the agent's name. Default: ``FUSEBOX_AGENT``, then the script's name.
    :param socket: path of a hub's agent socket. Default: ``FUSEBOX_SOCKET`` (empty disables everything), then the
        user's and the system's default paths.
    :param control: whether operators can change the agent. Default: true unless ``FUSEBOX_CONTROL`` is ``0``.
    :param messages: whether error messages are sent; they can contain secrets. Default: true if
        ``FUSEBOX_MESSAGES`` is ``1``.
    """
    global _is_prepared, _known
    with _lock:
        if _agent is None:
            started = _create(agent, socket, control, messages)
        elif _is_prepared and not _agent.is_running:
            started = _agent
            started.configure(agent, socket, control, messages)
        else:
            return
        _is_prepared = False
        _known = None if started.is_off else {}
    started.run()


def prepare() -> None:
    """Installs an agent that starts when a hooked library has been imported or when this package is used."""
    global _is_prepared
    with _lock:
        if _agent is None:
            _create()
            _is_prepared = True


def _create(
    name: Optional[str] = None,
    socket: Optional[str] = None,
    control: Optional[bool] = None,
    messages: Optional[bool] = None,
) -> Agent:
    global _agent, _known
    created = _agent = Agent(name, socket, control, messages)
    if not created.is_off:
        _known = {}
        if not _startup.has_begun():  # Otherwise close() is registered already, before the program's functions.
            atexit.register(created.close)
        imports.when_imported("asyncio.timeouts", _timeouts.hook)
        for library, hook in HOOKS.items():
            imports.when_imported(library, functools.partial(_hook, hook, created))
    return created


def _hook(hook: Callable[[Agent, Any], None], agent: Agent, library: Any) -> None:
    try:
        hook(agent, library)
    finally:
        agent.run()


def close() -> None:
    """Sends the remaining data at the end of the process."""
    if _agent is not None:
        _agent.close()


def uninstall() -> None:
    """Sends the remaining data, disconnects, and removes the hooks from the libraries."""
    global _agent, _known, _is_prepared
    with _lock:
        ended, _agent, _known = _agent, None, None
        _is_prepared = False
        imports.stop()
        _patch.put_back()
    if ended is not None:
        ended.close()
        ended.is_off = True


def installed() -> bool:
    """Whether this process reports to a hub."""
    return _agent is not None and not _agent.is_off


def strategy(
    name: str,
    *,
    kind: str = "custom",
    target: Optional[str] = None,
    limits: Optional[Dict[str, Limit]] = None,
    hold: bool = False,
) -> None:
    """Declares a strategy of the program and the limits that operators can change.

    ``with call(name):`` counts its calls.

    :param limits: the limits by name: ``{"max_attempts": Limit(3, minimum=1, maximum=10, on_set=set_it)}``.
    :param hold: whether an operator can hold it open. While it is held, :func:`call` raises :class:`Held`.
    """
    if _agent is not None:
        _agent.strategy(name, kind, target, limits, Gate() if hold else None)
        _agent.run()


class call:  # noqa: N801 - used like a function.
    """Counts one call: ``with call("pay/stripe"):``, ``async with``, or ``@call("pay/stripe")`` on a function.

    An exception from the block is a failure. A cancellation is neither a failure nor a success.

    :param hold: whether an operator can hold it open. While it is held, :class:`Held` is raised before the block.
    """

    __slots__ = ("_name", "_kind", "_target", "_hold", "_call", "_gate")

    def __init__(
        self, name: str, *, kind: str = "call", target: Optional[str] = None, hold: bool = False
    ) -> None:
        self._name = name
        self._kind = kind
        self._target = target
        self._hold = hold
        self._call: Optional[Call] = None
        self._gate: Optional[Gate] = None

    def retry(self, error: "BaseException | str") -> None:
        """Records that an attempt failed and another attempt follows in this block."""
        if self._call is not None:
            _patch.quietly(self._call.attempt, error)
            _patch.quietly(self._call.waits)

    def __enter__(self) -> "call":
        known = _known
        if known is None:
            return self
        try:
            strategy = known.get(self._name)
            if strategy is None:
                strategy = self._find()
            if strategy.breaker is None:
                self._call = Call(strategy)
                return self
            refusal = self._begin(strategy)
        except Exception:
            _patch.complain("a call was not counted")
            return self
        if refusal is not None:
            raise Held(f"{self._name}: {refusal}")
        return self

    def _find(self) -> Strategy:
        """The strategy of the name. Later calls find it by the name as given, without making the name valid."""
        agent, known = _agent, _known
        if agent is None or known is None:
            raise RuntimeError("uninstalled")
        gate = Gate() if self._hold else None
        strategy = agent.strategy(self._name, self._kind, self._target, None, gate)
        if len(known) < NAMES:
            known[self._name] = strategy
        return strategy

    def _begin(self, strategy: Strategy) -> Optional[str]:
        """Begins a call of a strategy with a breaker. Returns the reason if the call is refused."""
        watched = strategy.begin()
        if isinstance(strategy.breaker, Gate):
            refusal = strategy.breaker.refusal()
            if refusal is not None:
                watched.end(REJECTED)
                return refusal
            self._gate = strategy.breaker
        self._call = watched
        return None

    def __exit__(self, kind: Any, error: Optional[BaseException], traceback: Any) -> None:
        watched = self._call
        if watched is None:
            return
        self._call = None
        try:
            watched.finish(error)
            if self._gate is not None:
                self._gate.ended(None if error is not None and is_cancellation(error) else error is None)
        except Exception:
            _patch.complain("a call was not counted")

    async def __aenter__(self) -> "call":
        return self.__enter__()

    async def __aexit__(self, kind: Any, error: Optional[BaseException], traceback: Any) -> None:
        self.__exit__(kind, error, traceback)

    def __call__(self, function: F) -> F:
        """Decorates a function or coroutine function: each of its calls is counted."""
        again = functools.partial(
            call, self._name, kind=self._kind, target=self._target, hold=self._hold
        )
        import inspect

        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def watched(*arguments: Any, **named: Any) -> Any:
                async with again():
                    return await function(*arguments, **named)

        else:

            @functools.wraps(function)
            def watched(*arguments: Any, **named: Any) -> Any:
                with again():
                    return function(*arguments, **named)

        return watched  # type: ignore[return-value]
