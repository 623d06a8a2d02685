"""Hooks tenacity and the libraries built on it: counts calls, attempts and outcomes; operators can limit attempts."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Dict, Optional, Tuple

from .._counts import CANCELLED, FAILED, OK, RUNNING
from .._gate import is_held
from .._limit import Limit
from .._patch import quietly, wrap
from .._strategy import Call, Strategy, is_cancellation
from .attempts import MOST_OF_PROGRAM
from .names import callable_name, function_name, library_name, loop_name

if TYPE_CHECKING:
    from .._agent import Agent


class _Watch(Call):
    """A call in flight, with the limit that was pinned when it began."""

    __slots__ = ("pinned", "last", "counted_number", "is_of_library")

    last: Optional[BaseException]
    """The error of the last counted attempt. Unset without counted attempts."""

    def __init__(self, strategy: Strategy) -> None:
        pinned = strategy.pinned("max_attempts")
        self.pinned = None if pinned is None else int(pinned)
        self.counted_number = 0
        """The number of the last counted attempt. The library sets a result again if the program does."""
        self.is_of_library = False
        """Whether a library retries for the program."""
        Call.__init__(self, strategy)


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


def _caller() -> Any:
    """The frame that contains a loop."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] in INSIDE:
        frame = frame.f_back
    return frame


INSIDE = ("tenacity", "stamina", "fusebox_agent", "contextlib")
NAMES = 1_000
"""The limit on the number of functions whose strategies are remembered."""


def hook(agent: "Agent", module: Any) -> None:
    do_attempt, do_sleep = module.DoAttempt, module.DoSleep
    functions: Dict[Any, Strategy] = {}
    """The strategies by function: by module and name, or by the code that contains a loop."""

    def begin(state: Any) -> Optional[_Watch]:
        if state.attempt_number != 1 or state.outcome is not None:
            return None  # It began before the library was hooked.
        function = state.fn
        given = state.retry_object.before_sleep
        key: Any = None
        if given is not None and hasattr(given, "fusebox_name"):
            key = given.fusebox_name
        elif function is not None:
            try:
                key = function.__module__, function.__qualname__
            except AttributeError:  # For example a functools.partial.
                key = callable_name(function)
        else:
            key = _caller().f_code
        strategy = functions.get(key)
        if strategy is not None:
            state.fusebox = watch = _Watch(strategy)
            return watch
        strategy, is_of_library = find(state, key)
        state.fusebox = watch = _Watch(strategy)
        if is_of_library:
            watch.is_of_library = True
            if attempts(state.retry_object.stop) == 1:  # The retries are off: it has no errors that it retries.
                watch.pinned = None
        return watch

    def find(state: Any, key: Any) -> Tuple[Strategy, bool]:
        """The strategy of a call, and whether a library retries for the program."""
        frame = _caller()
        function = state.fn
        module = getattr(function, "__module__", None) if function is not None else frame.f_globals.get("__name__")
        name = None if isinstance(key, str) else library_name(str(module), frame)
        is_of_library = name is not None
        if name is None:
            name = function_name(key if isinstance(key, str) else callable_name(function))
        if name is None:  # A loop has no function.
            key = frame.f_code
            name = loop_name(frame)
        strategy = agent.strategies.get(name)
        if strategy is None:
            strategy = declare(state, name, is_of_library)
        elif is_of_library and strategy.limits:  # Clients may differ; the largest limit of them is shown.
            own = attempts(state.retry_object.stop)
            if own is not None and own > 1:
                limit = strategy.limits["max_attempts"]
                limit.maximum = max(limit.maximum, MOST_OF_PROGRAM)
                limit.widen(own)
        # A library retries for many callers with the same function.
        if len(functions) < NAMES and not is_of_library:
            functions[key] = strategy
        return strategy, is_of_library

    def declare(state: Any, name: str, is_of_library: bool) -> Strategy:
        own = attempts(state.retry_object.stop)
        limit = Limit(
            MOST_OF_PROGRAM if own is None else own,
            minimum=1,
            maximum=1 if is_of_library and own == 1 else max(MOST_OF_PROGRAM, own or 0),
            unit="attempts",
            why="" if own else "the program sets no limit of attempts",
        )
        return agent.strategy(name, "retry", None, {"max_attempts": limit}, None, "tenacity")

    def counts(watch: _Watch, state: Any, error: Optional[BaseException]) -> bool:
        """Whether an attempt is not counted yet."""
        if watch.counted_number == state.attempt_number:
            return False
        watch.counted_number = state.attempt_number
        watch.last = error
        return True

    def failed(state: Any, error: BaseException) -> None:
        watch = watch_of(state)
        if watch is not None and counts(watch, state, error) and not is_cancellation(error):
            watch.attempt(error)

    def settled(state: Any) -> None:
        watch = watch_of(state)
        if watch is not None and counts(watch, state, None):
            watch.attempt()
            watch.settle()

    def did(watch: _Watch, state: Any, action: Any) -> None:
        """Records the next step of a call, or its end."""
        if isinstance(action, do_attempt):
            watch.goes_on()
        elif isinstance(action, do_sleep):
            if counts(watch, state, None):
                watch.attempt()
            watch.unwanted()
            watch.waits()
        elif counts(watch, state, None):
            if watch.is_of_library and getattr(action, "fusebox", watch) is None:  # The library's hook ends the call.
                action.fusebox = watch
                watch.hear()
            else:
                watch.finish(None)
        else:  # A value after a failed attempt comes from retry_error_callback.
            watch.end(OK, None if watch.last is None else "fallback")

    def raised(watch: _Watch, state: Any, error: BaseException) -> None:
        if state.outcome is not None and counts(watch, state, None):
            watch.attempt()
        if is_cancellation((watch.last if watch.counted_number else None) or error):
            watch.end(CANCELLED)
        else:
            watch.unwanted()
            watch.end(FAILED)

    def wrap_exception(original: Any) -> Any:
        def set_exception(state: Any, info: Any) -> None:
            original(state, info)
            quietly(failed, state, info[1])

        return set_exception

    def wrap_exit(original: Any) -> Any:
        def leave(attempt: Any, kind: Any, error: Any, traceback: Any) -> Any:
            result = original(attempt, kind, error, traceback)
            if kind is None:
                quietly(settled, attempt.retry_state)
            return result

        return leave

    def wrap_iter(original: Any) -> Any:
        def iterate(retrying: Any, retry_state: Any) -> Any:
            watch = getattr(retry_state, "fusebox", None)
            if watch is None:
                watch = quietly(begin, retry_state)
            try:
                action = original(retrying, retry_state)
            except BaseException as error:
                if watch is not None:
                    quietly(raised, watch, retry_state, error)
                raise
            # The first attempt of a call, which runs already, is the common case.
            if watch is not None and (watch.phase != RUNNING or action.__class__ is not do_attempt):
                quietly(did, watch, retry_state, action)
            return action

        return iterate

    def wrap_async_iter(original: Any) -> Any:
        async def iterate(retrying: Any, retry_state: Any) -> Any:
            watch = getattr(retry_state, "fusebox", None)
            if watch is None:
                watch = quietly(begin, retry_state)
            try:
                action = await original(retrying, retry_state)
            except BaseException as error:
                if watch is not None:
                    quietly(raised, watch, retry_state, error)
                raise
            if watch is not None and (watch.phase != RUNNING or action.__class__ is not do_attempt):
                quietly(did, watch, retry_state, action)
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
        """Whether the pinned limit stops a call whose own conditions do not limit attempts.

        A library does not try a held host again.
        """
        watch = watch_of(state)
        if watch is None:
            return False
        if watch.is_of_library and state.outcome.failed and is_held(state.outcome.exception(), watch.start):
            return True
        if watch.pinned is None or attempts(retrying.stop) is not None:
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

    wrap(module.RetryCallState, "set_exception", wrap_exception)
    wrap(module.AttemptManager, "__exit__", wrap_exit)
    wrap(module.stop_after_attempt, "__call__", wrap_attempts)
    wrap(module.BaseRetrying, "iter", wrap_iter)
    wrap(module.BaseRetrying, "_run_stop", wrap_stop)
    wrap(module.AsyncRetrying, "iter", wrap_async_iter)
    wrap(module.AsyncRetrying, "_run_stop", wrap_async_stop)
