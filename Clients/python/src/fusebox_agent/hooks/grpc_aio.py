"""Hooks the channels of grpc.aio. See the hook of grpc."""

from __future__ import annotations

import asyncio
import sys
import weakref
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING, Any, Optional

from .._meter import CANCELLED
from .._patch import complain, quietly, wrap
from .._strategy import Call, Strategy
from .._timeouts import is_expiring
from .grpc_ import HELD_ASYNC, Targets, ended
from .gated import enter, finish, leave

if TYPE_CHECKING:
    from .._agent import Agent

KINDS = ("UnaryUnary", "UnaryStream", "StreamUnary", "StreamStream")

_strategy: "ContextVar[Optional[Strategy]]" = ContextVar("fusebox_grpc", default=None)
"""The host of the channel whose method is called. Interceptors may make several calls in it."""


class _HeldCall:
    """A call that failed because an operator holds the host."""

    def __init__(self, error: Any) -> None:
        self._error = error

    async def _fail(self, *_: Any) -> Any:
        raise self._error

    def __await__(self) -> Any:
        return self._fail().__await__()

    async def __aiter__(self) -> Any:
        raise self._error
        yield

    read = write = done_writing = wait_for_connection = _fail

    def cancelled(self) -> bool:
        return False

    def done(self) -> bool:
        return True

    def cancel(self) -> bool:
        return False

    def time_remaining(self) -> Optional[float]:
        return None

    def add_done_callback(self, callback: Any) -> None:
        callback(self)

    async def initial_metadata(self) -> Any:
        return self._error.initial_metadata()

    async def trailing_metadata(self) -> Any:
        return self._error.trailing_metadata()

    async def code(self) -> Any:
        return self._error.code()

    async def details(self) -> Any:
        return self._error.details()

    async def debug_error_string(self) -> Any:
        return self._error.debug_error_string()


def hook(agent: "Agent", module: Any) -> None:
    channels: Any = sys.modules["grpc.aio._channel"]
    calls: Any = sys.modules["grpc.aio._call"]
    held = HELD_ASYNC.of(module)
    targets = Targets(agent)
    held_call: Any = type(
        "HeldCall", (_HeldCall, *(getattr(module, f"{kind}Call") for kind in KINDS)), {})
    codes = channels._common.CYGRPC_STATUS_CODE_TO_STATUS_CODE

    def wrap_channel(original: Any) -> Any:
        def create(channel: Any, target: str, *arguments: Any, **named: Any) -> None:
            original(channel, target, *arguments, **named)
            quietly(setattr, channel, "fusebox", target)

        return create

    def strategy_of(multicallable: Any) -> Optional[Strategy]:
        target = getattr(multicallable._references[0], "fusebox", None)
        return None if target is None else targets.find(target)

    def wrap_method(original: Any) -> Any:
        def invoke(multicallable: Any, *arguments: Any, **named: Any) -> Any:
            token = _strategy.set(quietly(strategy_of, multicallable))
            try:
                return original(multicallable, *arguments, **named)
            except held as error:
                return held_call(error)
            finally:
                _strategy.reset(token)

        return invoke

    def begin() -> "Call | str | None":
        strategy = _strategy.get()
        return None if strategy is None else enter(strategy, Call)

    def over(call: Call, started: "weakref.ref[Any]", task: "weakref.ref[Any]") -> None:
        its = started()
        if its is not None and not its._cython_call.is_locally_cancelled():
            ended(call, codes[its._cython_call._status.code()], False)
        elif is_expiring(task()):
            finish(call, "TimeoutError")
        else:
            leave(call, CANCELLED)

    def follow(call: Call, started: Any) -> None:
        started.fusebox = call
        # No references to the call itself: it is cancelled when the program drops it. The task may refer to it.
        task: Any = asyncio.current_task()
        end = partial(quietly, over, call, weakref.ref(started), (lambda: None) if task is None else weakref.ref(task))
        started._cython_call.add_done_callback(end)

    def wrap_call(original: Any) -> Any:
        def create(started: Any, *arguments: Any, **named: Any) -> None:
            try:
                call = begin()
            except Exception:
                complain("a call was not counted")
                call = None
            if isinstance(call, str):
                raise held(call)
            try:
                original(started, *arguments, **named)
            except BaseException as error:
                if call is not None:
                    quietly(finish, call, error)
                raise
            if call is not None:
                quietly(follow, call, started)

        return create

    def wrap_read(original: Any) -> Any:
        async def read(started: Any) -> Any:
            message = await original(started)
            call: Optional[Call] = getattr(started, "fusebox", None)
            if call is not None and not call.ended:
                quietly(call.hear)
            return message

        return read

    wrap(channels.Channel, "__init__", wrap_channel)
    for kind in KINDS:
        wrap(getattr(channels, f"{kind}MultiCallable"), "__call__", wrap_method)
        wrap(getattr(calls, f"{kind}Call"), "__init__", wrap_call)
    wrap(calls._StreamResponseMixin, "_read", wrap_read)
