"""Hooks the retries of redis-py: each server is a strategy that an operator can hold open.

A call is a command with its retries, or a connection that is made outside of a command.
"""

from __future__ import annotations

import copy
import sys
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Optional, Union

from .._gate import Gate
from .._limit import Limit
from .._patch import quietly, wrap
from .attempts import MOST_ATTEMPTS
from .gated import enter
from .held import HeldErrors
from .retried import Retried

if TYPE_CHECKING:
    from .._agent import Agent

ERRORS = "redis.exceptions"
HELD = HeldErrors(__name__, {ERRORS: "RedisHeld"}, ("ConnectionError",))

__getattr__ = HELD.attribute

_outer: "ContextVar[Optional[Retried]]" = ContextVar("fusebox_redis", default=None)
"""The call under way. A connection made for a command is part of the command's call."""


def hook(agent: "Agent", module: Any) -> None:
    errors = sys.modules[ERRORS]

    def server_of(do: Any) -> Optional[str]:
        """The server of the connection that a command, which is a closure or a method, uses."""
        if getattr(do, "__name__", "") == "_connect_retry":  # A Sentinel has not told the server yet.
            return None
        for value in (do, *(cell.cell_contents for cell in getattr(do, "__closure__", None) or ())):
            connection = getattr(value, "__self__", value)
            if isinstance(connection, module.AbstractConnection):
                return getattr(connection, "path", None) or f"{connection.host}:{connection.port}"
        return None

    def begin(retry: Any, do: Any) -> Union[None, Retried, str]:
        """Begins a call. Returns the message if it is rejected. A call of a cluster is that of its servers."""
        outer = _outer.get()
        if outer is not None and not outer.ended:  # A task that a call has created may outlive it.
            return None
        server = server_of(do)
        if server is None:
            return None
        s = f"redis/{server}"
        strategy = agent.strategies.get(s)
        own = int(retry._retries) + 1
        if strategy is None:
            is_endless = own < 1
            limit = Limit(
                MOST_ATTEMPTS if is_endless else own, minimum=1, maximum=max(MOST_ATTEMPTS, own), unit="attempts",
                why="the program sets no limit of attempts" if is_endless else "",
            )
            strategy = agent.strategy(s, "retry", server, {"max_attempts": limit}, Gate(), "redis")
        elif strategy.limits:  # Clients may differ; the largest limit of them is shown.
            strategy.limits["max_attempts"].widen(own)
        return enter(strategy, Retried)

    def limited(retry: Any, call: Retried) -> Any:
        """The retries with an operator's limit."""
        pinned = call.strategy.pinned("max_attempts")
        if pinned is None:
            return retry
        changed = copy.copy(retry)
        changed._retries = int(pinned) - 1
        return changed

    def failing(call: Retried, fail: Any) -> Any:
        """The library's function for failed attempts, which also records them."""
        def failed(error: Any, *number: Any) -> Any:
            quietly(call.failed, error)
            call.waits()
            return fail(error, *number)

        return failed

    def unless_held(fail: Any) -> Any:
        """The library's function for failed attempts of several servers. It ends the retries under a hold."""
        def failed(error: Any, *number: Any) -> Any:
            if isinstance(error, HELD.of(errors)):
                raise error
            return fail(error, *number)

        return failed

    def over(call: Retried, error: Any) -> None:
        call.over(None if isinstance(error, errors.WatchError) else error)  # Another client was faster.

    def wrap_sync(original: Any) -> Any:
        def call_with_retry(retry: Any, do: Any, fail: Any, *arguments: Any, **named: Any) -> Any:
            call = quietly(begin, retry, do)
            if call is None:
                return original(retry, do, unless_held(fail), *arguments, **named)
            if isinstance(call, str):
                raise HELD.of(errors)(call)
            token = _outer.set(call)
            try:
                result = original(limited(retry, call), do, failing(call, fail), *arguments, **named)
            except BaseException as error:
                quietly(over, call, error)
                raise
            finally:
                _outer.reset(token)
            quietly(over, call, None)
            return result

        return call_with_retry

    def wrap_async(original: Any) -> Any:
        async def call_with_retry(retry: Any, do: Any, fail: Any, *arguments: Any, **named: Any) -> Any:
            call = quietly(begin, retry, do)
            if call is None:
                return await original(retry, do, unless_held(fail), *arguments, **named)
            if isinstance(call, str):
                raise HELD.of(errors)(call)
            token = _outer.set(call)
            try:
                result = await original(limited(retry, call), do, failing(call, fail), *arguments, **named)
            except BaseException as error:
                quietly(over, call, error)
                raise
            finally:
                _outer.reset(token)
            quietly(over, call, None)
            return result

        return call_with_retry

    wrap(module.Retry, "call_with_retry", wrap_async if ".asyncio." in module.__name__ else wrap_sync)
