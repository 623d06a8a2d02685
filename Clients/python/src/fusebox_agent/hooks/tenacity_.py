"""Hooks tenacity and the libraries built on it: counts calls, attempts and outcomes; operators can limit attempts."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Optional

from .._limit import Limit
from .._meter import CANCELLED, FAILED, OK
from .._patch import quietly, wrap
from .._strategy import Call, Strategy, is_cancellation

if TYPE_CHECKING:
    from .._agent import Agent

MOST_ATTEMPTS = 100
"""The highest limit that an operator can set, unless the program's own limit is higher."""


class _Watch:
    """A call in flight, with the limit that was pinned when it began."""

    __slots__ = ("call", "pinned", "last", "counted")

    def __init__(self, strategy: Strategy) -> None:
        pinned = strategy.limits["max_attempts"].pinned if strategy.limits else None
        self.pinned = None if pinned is None else int(pinned)
        self.call: Call = strategy.begin()
        self.last: Optional[BaseException] = None
        self.counted = 0


def watch_of(state: Any) -> Optional[_Watch]:
    """The watch of a call; ``None`` if the call began before the library was hooked."""
    watch: Optional[_Watch] = getattr(state, "fusebox", None)
    return watch


def attempts(stop: Any) -> Optional[int]:
    """The limit of attempts in a stop condition; ``None`` if it has none."""
    number = getattr(stop, "max_attempt_number", None)
    if isinstance(number, int):
        return number
    parts = [attempts(part) for part in getattr(stop, "stops", ())]
    numbers = [part for part in parts if part is not None]
    return min(numbers) if numbers else None


def function_name(name: str) -> Optional[str]:
    """A short, stable function name; ``None`` if the name is not useful."""
    if not name or "<unknown" in name or name.startswith("<context"):
        return None
    return name.replace("<locals>.", "").replace("__main__.", "", 1)


def callable_name(function: Any) -> str:
    """The module and qualified name of a callable."""
    while hasattr(function, "func"):  # functools.partial
        function = function.func
    name = getattr(function, "__qualname__", None) or type(function).__qualname__
    return "" if function is None else f"{getattr(function, '__module__', '')}.{name}"


def _name(state: Any) -> str:
    """The name of the retried function; for a loop, of the function that contains it."""
    name = getattr(state.retry_object.before_sleep, "fusebox_name", None) or callable_name(state.fn)
    found = function_name(name)
    if found:
        return found
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] in INSIDE:
        frame = frame.f_back
    code = frame.f_code
    return function_name(f"{frame.f_globals.get('__name__')}.{code.co_name}") or "retry"


INSIDE = ("tenacity", "stamina", "fusebox_agent", "contextlib")


def hook(agent: "Agent", module: Any) -> None:
    def begin(state: Any) -> None:
        own = attempts(state.retry_object.stop)
        name = _name(state)
        strategy = agent.strategies.get(name)
        if strategy is None:
            limit = Limit(
                MOST_ATTEMPTS if own is None else own,
                minimum=1,
                maximum=max(MOST_ATTEMPTS, own or 0),
                unit="attempts",
                why="" if own else "the program sets no limit of attempts",
            )
            strategy = agent.strategy(name, "retry", None, {"max_attempts": limit}, None, "tenacity")
        state.fusebox = _Watch(strategy)

    def after(state: Any, error: Optional[BaseException]) -> None:
        watch = watch_of(state)
        if watch is None or watch.counted == state.attempt_number:  # The program set the result again.
            return
        watch.counted = state.attempt_number
        watch.last = error
        if error is None or not is_cancellation(error):
            watch.call.attempt(error)
        if error is None and state.fn is None:
            watch.call.settle()

    def did(state: Any, action: Any) -> None:
        """Records the next step of a call, or its end."""
        watch = watch_of(state)
        if watch is None:
            return
        if isinstance(action, module.DoAttempt):
            watch.call.goes_on()
        elif isinstance(action, module.DoSleep):
            watch.call.unwanted()
            watch.call.waits()
        else:  # A value after a failed attempt comes from retry_error_callback.
            watch.call.end(OK, None if watch.last is None else "fallback")

    def raised(state: Any, error: BaseException) -> None:
        watch = watch_of(state)
        if watch is None:
            return
        if is_cancellation(watch.last or error):
            watch.call.end(CANCELLED)
        else:
            watch.call.unwanted()
            watch.call.end(FAILED)

    def wrap_init(original: Any) -> Any:
        def init(state: Any, *arguments: Any, **named: Any) -> None:
            original(state, *arguments, **named)
            quietly(begin, state)

        return init

    def wrap_result(original: Any) -> Any:
        def set_result(state: Any, value: Any) -> None:
            original(state, value)
            quietly(after, state, None)

        return set_result

    def wrap_exception(original: Any) -> Any:
        def set_exception(state: Any, info: Any) -> None:
            original(state, info)
            quietly(after, state, info[1])

        return set_exception

    def wrap_iter(original: Any) -> Any:
        def iterate(retrying: Any, retry_state: Any) -> Any:
            try:
                action = original(retrying, retry_state)
            except BaseException as error:
                quietly(raised, retry_state, error)
                raise
            quietly(did, retry_state, action)
            return action

        return iterate

    def wrap_async_iter(original: Any) -> Any:
        async def iterate(retrying: Any, retry_state: Any) -> Any:
            try:
                action = await original(retrying, retry_state)
            except BaseException as error:
                quietly(raised, retry_state, error)
                raise
            quietly(did, retry_state, action)
            return action

        return iterate

    def wrap_attempts(original: Any) -> Any:
        def stops(stop: Any, retry_state: Any) -> Any:
            watch = watch_of(retry_state)
            if watch is None or watch.pinned is None:
                return original(stop, retry_state)
            return retry_state.attempt_number >= watch.pinned

        return stops

    def has_to_stop(retrying: Any, state: Any) -> bool:
        """Whether the pinned limit stops a call whose own conditions do not limit attempts."""
        watch = watch_of(state)
        if watch is None or watch.pinned is None or attempts(retrying.stop) is not None:
            return False
        return bool(state.attempt_number >= watch.pinned)

    def wrap_stop(original: Any) -> Any:
        def run_stop(retrying: Any, retry_state: Any) -> Any:
            original(retrying, retry_state)
            if has_to_stop(retrying, retry_state):
                retrying.iter_state.stop_run_result = True

        return run_stop

    def wrap_async_stop(original: Any) -> Any:
        async def run_stop(retrying: Any, retry_state: Any) -> Any:
            await original(retrying, retry_state)
            if has_to_stop(retrying, retry_state):
                retrying.iter_state.stop_run_result = True

        return run_stop

    wrap(module.RetryCallState, "__init__", wrap_init)
    wrap(module.RetryCallState, "set_result", wrap_result)
    wrap(module.RetryCallState, "set_exception", wrap_exception)
    wrap(module.stop_after_attempt, "__call__", wrap_attempts)
    wrap(module.BaseRetrying, "iter", wrap_iter)
    wrap(module.BaseRetrying, "_run_stop", wrap_stop)
    wrap(module.AsyncRetrying, "iter", wrap_async_iter)
    wrap(module.AsyncRetrying, "_run_stop", wrap_async_stop)
