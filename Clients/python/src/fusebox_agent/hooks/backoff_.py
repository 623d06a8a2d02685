"""Hooks backoff: counts calls, attempts and give-ups; operators can set ``max_tries``."""

from __future__ import annotations

import functools
import inspect
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Callable, Dict, Optional

from .._limit import Limit
from .._meter import CANCELLED, FAILED, OK
from .._patch import quietly, wrap
from .._strategy import Call, Strategy, is_cancellation
from .attempts import MOST_OF_PROGRAM
from .names import callable_name, function_name

if TYPE_CHECKING:
    from .._agent import Agent

_call: "ContextVar[Optional[Call]]" = ContextVar("fusebox_backoff", default=None)

Details = Dict[str, Any]


def _backed_off(details: Details) -> None:
    call = _call.get()
    if call is not None:
        _attempted(call, details)
        call.waits()


def _gave_up(details: Details) -> None:
    call = _call.get()
    if call is not None:
        _attempted(call, details)
        call.end(FAILED)


def _succeeded(details: Details) -> None:
    call = _call.get()
    if call is not None:
        call.attempt()
        call.end(OK)


def _attempted(call: Call, details: Details) -> None:
    error = details.get("exception")
    call.attempt(error)
    if error is None:
        call.unwanted()


def _propagated(call: Optional[Call], error: BaseException) -> None:
    """Ends a call whose end no handler reported: after an error that is not retried, or a cancellation."""
    if call is None or call.ended:
        return
    if is_cancellation(error):
        call.end(CANCELLED)
    else:
        call.attempt(error)
        call.end(FAILED)


def _reason(max_tries: Any) -> str:
    """The reason of the program's limit, as shown to operators."""
    if callable(max_tries):
        return "the program sets it at each call"
    return "" if max_tries is not None else "the program sets no limit of attempts"


def _follow(strategy: Strategy, max_tries: Optional[int]) -> None:
    """Shows the limit that the program set for a call."""
    if strategy.limits and strategy.limits["max_attempts"].follow(max_tries or MOST_OF_PROGRAM):
        strategy.agent.declare_again(strategy)


def hook(agent: "Agent", module: Any) -> None:
    def watched(original: Any) -> Any:
        def retry(target: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
            max_tries = options["max_tries"]
            # Calling the program's function here, or to declare the strategy, could change what the program does.
            own = MOST_OF_PROGRAM if callable(max_tries) else max_tries or MOST_OF_PROGRAM
            limit = Limit(own, minimum=1, maximum=max(MOST_OF_PROGRAM, own), unit="attempts", why=_reason(max_tries))
            strategy = agent.strategy(
                function_name(callable_name(target)) or "backoff",
                "retry", None, {"max_attempts": limit}, None, "backoff",
            )

            def tries() -> Any:
                pinned = strategy.pinned("max_attempts")
                if pinned is not None:
                    return pinned
                if not callable(max_tries):
                    return max_tries
                value = module._common._maybe_call(max_tries)
                quietly(_follow, strategy, value)
                return value

            options["max_tries"] = tries
            for handlers, first in (
                ("on_backoff", _backed_off), ("on_giveup", _gave_up), ("on_success", _succeeded),
            ):
                options[handlers] = [functools.partial(quietly, first), *options[handlers]]
            inner = original(target, *arguments, **options)
            if inspect.iscoroutinefunction(inner):

                @functools.wraps(inner)
                async def counted(*args: Any, **kwargs: Any) -> Any:
                    call = quietly(strategy.begin)
                    token = _call.set(call)
                    try:
                        return await inner(*args, **kwargs)
                    except BaseException as error:
                        quietly(_propagated, call, error)
                        raise
                    finally:
                        _call.reset(token)

            else:

                @functools.wraps(inner)
                def counted(*args: Any, **kwargs: Any) -> Any:
                    call = quietly(strategy.begin)
                    token = _call.set(call)
                    try:
                        return inner(*args, **kwargs)
                    except BaseException as error:
                        quietly(_propagated, call, error)
                        raise
                    finally:
                        _call.reset(token)

            return counted

        return retry

    for part in (module._sync, module._async):
        for name in ("retry_exception", "retry_predicate"):
            wrap(part, name, watched)
