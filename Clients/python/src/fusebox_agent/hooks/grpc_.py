"""Hooks the channels of grpc: each host is a strategy.

Retries by a service config happen below this layer, so that a call with its retries is one call.
"""

from __future__ import annotations

import re
import weakref
from functools import partial
from typing import TYPE_CHECKING, Any, Dict, Optional

from .._meter import CANCELLED
from .._patch import complain, quietly, wrap
from .._strategy import Call, Strategy
from .held import HeldErrors
from .gated import enter, finish, leave
from .hosts import Hosts, address, complete

if TYPE_CHECKING:
    from .._agent import Agent

FAILURES = frozenset((
    "UNKNOWN", "DEADLINE_EXCEEDED", "RESOURCE_EXHAUSTED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS",
    "CANCELLED",
))
"""The status codes that are failures: those that map to HTTP statuses that are. The others are faults of the caller.

Source: https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto. ``CANCELLED`` is a failure if it
comes from the server.
"""
SCHEME = re.compile(r"(?:dns|ipv4|ipv6):(?://[^/]*/)?")
"""The part of a target before the host. Other schemes, such as ``unix``, are part of a host's name."""


def _methods(channel: Any) -> Dict[str, Any]:
    base, unavailable = channel._InactiveRpcError, channel.grpc.StatusCode.UNAVAILABLE

    def __init__(error: Any, message: str) -> None:
        base.__init__(error, channel._RPCState((), (), (), unavailable, message))

    def __next__(error: Any) -> Any:
        raise error

    return {
        "__init__": __init__, "__str__": lambda error: error.details(), "__iter__": lambda error: error,
        "__next__": __next__, "__reduce__": lambda error: (type(error), (error.details(),)),
        "is_active": lambda error: False, "time_remaining": lambda error: None,
        "add_callback": lambda error, callback: False,
    }


def _async_methods(aio: Any) -> Dict[str, Any]:
    base, unavailable = aio.AioRpcError, aio.grpc.StatusCode.UNAVAILABLE
    empty = aio.Metadata

    def __init__(error: Any, message: str) -> None:
        base.__init__(error, unavailable, empty(), empty(), message)

    return {
        "__init__": __init__, "__str__": lambda error: error.details(),
        "__reduce__": lambda error: (type(error), (error.details(),)),
    }


HELD = HeldErrors(__name__, {"grpc._channel": "HostHeld"}, ("_InactiveRpcError",), _methods)
HELD_ASYNC = HeldErrors(__name__, {"grpc.aio": "AioHostHeld"}, ("AioRpcError",), _async_methods)


def __getattr__(name: str) -> Any:
    return (HELD_ASYNC if name == "AioHostHeld" else HELD).attribute(name)


class Targets:
    """The strategies of the targets that channels are created with."""

    def __init__(self, agent: "Agent") -> None:
        self._hosts = Hosts(agent, "grpc")

    def find(self, target: "str | bytes") -> Strategy:
        """The strategy of a target."""
        return self._hosts.known.get(target) or self._find(target)

    def _find(self, target: "str | bytes") -> Strategy:
        text = target if isinstance(target, str) else target.decode("utf-8", "replace")
        scheme = SCHEME.match(text)
        name = text[scheme.end():] if scheme else text
        host, colon, port = name.rpartition(":")
        if colon and port.isdigit() and not host.endswith(":"):
            name = address("https", host, int(port))
        else:
            host = name
        return self._hosts.find(target, name, host.strip("[]"))


def ended(call: Call, code: Any, is_cancelled: bool) -> None:
    """Records the status of a call.

    :param is_cancelled: whether the program cancelled it.
    """
    if is_cancelled:
        leave(call, CANCELLED)
    elif code.name in FAILURES:
        finish(call, code.name)
    else:
        complete(call)


def hook(agent: "Agent", module: Any) -> None:
    held = HELD.of(module)
    targets = Targets(agent)
    rpc_error = module.grpc.RpcError

    def begin(multicallable: Any) -> "Call | str | None":
        try:
            return enter(targets.find(multicallable._target), Call)
        except Exception:
            complain("a call was not counted")
            return None

    def raised(call: Call, error: BaseException) -> None:
        if isinstance(error, rpc_error) and hasattr(error, "code"):
            ended(call, error.code(), False)
        else:
            finish(call, error)

    def wrap_blocking(original: Any) -> Any:
        def invoke(multicallable: Any, *arguments: Any, **named: Any) -> Any:
            call = begin(multicallable)
            if call is None:
                return original(multicallable, *arguments, **named)
            if isinstance(call, str):
                raise held(call)
            try:
                result = original(multicallable, *arguments, **named)
            except BaseException as error:
                quietly(raised, call, error)
                raise
            quietly(complete, call)
            return result

        return invoke

    def over(call: Call, state: "weakref.ref[Any]") -> None:
        its = state()
        if its is not None:
            ended(call, its.code, its.cancelled)

    def wrap_started(original: Any) -> Any:
        def invoke(multicallable: Any, *arguments: Any, **named: Any) -> Any:
            call = begin(multicallable)
            if call is None:
                return original(multicallable, *arguments, **named)
            if isinstance(call, str):
                return held(call)  # It is a call that has failed.
            try:
                started = original(multicallable, *arguments, **named)
            except BaseException as error:
                quietly(raised, call, error)
                raise
            quietly(follow, call, started)
            return started

        return invoke

    def follow(call: Call, started: Any) -> None:
        started.fusebox = call
        # No references to the call itself: it is cancelled when the program drops it.
        end = partial(quietly, over, call, weakref.ref(started._state))
        if not started.add_callback(end):
            end()

    def wrap_next(original: Any) -> Any:
        def advance(started: Any) -> Any:
            message = original(started)
            call: Optional[Call] = getattr(started, "fusebox", None)
            if call is not None and not call.ended:
                quietly(call.hear)
            return message

        return advance

    for name in ("_UnaryUnaryMultiCallable", "_StreamUnaryMultiCallable"):
        owner = getattr(module, name)
        wrap(owner, "__call__", wrap_blocking)
        wrap(owner, "with_call", wrap_blocking)
        wrap(owner, "future", wrap_started)
    for name in ("_UnaryStreamMultiCallable", "_SingleThreadedUnaryStreamMultiCallable", "_StreamStreamMultiCallable"):
        wrap(getattr(module, name), "__call__", wrap_started)
    for name in ("_MultiThreadedRendezvous", "_SingleThreadedRendezvous"):
        wrap(getattr(module, name), "_next", wrap_next)
