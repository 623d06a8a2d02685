"""Hooks aiohttp: each host is a strategy.

Each request that is sent is a call of its own, also after a redirect or a lost connection.
"""

from __future__ import annotations

import asyncio
import errno
import sys
from time import monotonic
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Dict, Optional

from .._meter import CANCELLED
from .._patch import complain, quietly, wrap
from .._strategy import Call
from .gated import enter, finish, leave
from .held import Carrier, HeldErrors, retries
from .hosts import TAIL, Hosts, address, complete, failure_of, is_last_event, outer, whole

if TYPE_CHECKING:
    from .._agent import Agent

UPGRADE = 101
"""The status after which a connection is no longer used for HTTP."""


def _methods(library: Any) -> Dict[str, Any]:
    base = library.ClientConnectorError

    def __init__(error: Any, key: Any, message: str) -> None:
        base.__init__(error, key, ConnectionRefusedError(errno.ECONNREFUSED, message))
        error.raised_at = monotonic()  # OSError does not call __new__ of other classes.

    def __reduce__(error: Any) -> Any:
        key = error._conn_key
        if not isinstance(key.ssl, bool):  # A context of TLS cannot be pickled.
            key = SimpleNamespace(host=key.host, port=key.port, is_ssl=key.is_ssl, ssl=True)
        return type(error), (key, str(error))

    return {"__init__": __init__, "__str__": lambda error: error.os_error.strerror, "__reduce__": __reduce__}


HELD = HeldErrors(__name__, {"aiohttp": "HostHeld"}, ("ClientConnectorError",), _methods)

__getattr__ = HELD.attribute


class _Exchange:
    """A request on its connection, until the last byte of its response."""

    __slots__ = ("call", "protocol", "timer", "payload", "tail", "status", "failure", "wait")

    payload: Any
    """The body of the response; ``None`` until the status has come."""

    def __init__(self, call: Call, protocol: Any, timer: Any) -> None:
        self.call = call
        self.protocol = protocol
        self.timer = timer
        self.payload = None

    def answered(self, message: Any, payload: Any) -> None:
        """Records the status and the headers. The body follows, unless it is there already."""
        status = message.code
        if 100 <= status < 200 and status != UPGRADE:  # The response follows. Servers may send a status below 100.
            return
        failure = wait = None
        if status >= 408:  # The common case costs no call.
            failure = failure_of(status)
            wait = message.headers.get("Retry-After")
        if payload.is_eof() or status == UPGRADE:
            self.protocol.fusebox = None
            whole(self.call, failure, wait)
            return
        self.call.hear()
        self.status, self.failure, self.wait = status, failure, wait
        self.tail = b""
        self.payload = payload
        payload.on_eof(self.complete)

    def heard(self, data: bytes) -> None:
        """Records bytes of the body."""
        self.call.heard = monotonic()
        self.tail = data[-TAIL:]

    def complete(self) -> None:
        """Records the last byte."""
        self.protocol.fusebox = None
        quietly(complete, self.call, self.failure, self.wait)

    def closed(self) -> None:
        """Records that the connection is closed before the last byte: after an error, or by the program."""
        self.protocol.fusebox = None
        error: Optional[BaseException] = None
        if self.payload is not None:
            # A client closes a redirect, an error status or a stream after its last event without reading on.
            if self.failure is not None or 300 <= self.status < 400 or is_last_event(self.tail):
                self.complete()
                return
            error = self.payload.exception()
            if error is not None and str(error) == "Connection closed":  # The library sets it at each early close.
                error = None
        if error is None:
            error = sys.exc_info()[1]
            # The program may close a response, or the session, while it handles an error of its own.
            if isinstance(error, Exception) and (self.payload is not None or not _is_of_transport(error)):
                error = None
        stopped(self.call, self.timer, error)


def _is_of_transport(error: Exception) -> bool:
    library: Any = sys.modules["aiohttp"]
    return isinstance(error, (library.ClientError, asyncio.TimeoutError, OSError))


def stopped(call: Call, timer: Any, error: Optional[BaseException]) -> None:
    """Records a request without a whole response.

    :param timer: the timer of the request. It cancels the task, and the library then raises a time-out.
    :param error: the error that was raised; ``None`` if the program gave up.
    """
    if getattr(timer, "_cancelled", False):
        finish(call, "TimeoutError")
    elif error is not None:
        finish(call, error)
    else:
        leave(call, CANCELLED)


def hook(agent: "Agent", module: Any) -> None:
    held = HELD.of(module)
    hosts = Hosts(agent)
    known = hosts.known
    protocol = module.client_proto.ResponseHandler
    time_out = getattr(module, "ConnectionTimeoutError", module.ServerTimeoutError).__name__
    """The error that the client raises for a time-out of a connection."""

    def begin(request: Any) -> "Call | str | None":
        url = request.url
        key = url.raw_host, url.port, url.scheme
        strategy = known.get(key)
        if strategy is None:
            strategy = hosts.find(key, address(key[2], key[0] or "", key[1]), url.host or "")
        above = outer.get()
        if above is not None and above.strategy is strategy and not above.ended:
            return None
        return enter(strategy, Call)

    def unconnected(call: Call, request: Any, error: BaseException) -> None:
        timer = getattr(request, "_timer", None)
        if isinstance(error, (asyncio.TimeoutError, TimeoutError)) and not getattr(timer, "_cancelled", False):
            finish(call, time_out)
        else:
            stopped(call, timer, error)

    def watched(original: Any) -> Any:
        async def connect(connector: Any, req: Any, traces: Any, timeout: Any) -> Any:
            try:
                call = begin(req)
            except Exception:
                complain("a call was not counted")
                call = None
            if call is None:
                return await original(connector, req, traces, timeout)
            if isinstance(call, str):
                error = held(req.connection_key, call)
                raise Carrier(error) if retries.get() else error
            try:
                connection = await original(connector, req, traces, timeout)
            except BaseException as failure:
                quietly(unconnected, call, req, failure)
                raise
            try:
                handler = connection.protocol
                handler.fusebox = _Exchange(call, handler, req._timer)
            except Exception:
                complain("a call was not counted")
            return connection

        return connect

    def watched_messages(original: Any) -> Any:
        def feed_data(handler: Any, data: Any, size: int = 0) -> None:
            exchange = getattr(handler, "fusebox", None)
            if exchange is not None and exchange.payload is None:
                try:
                    exchange.answered(*data)
                except Exception:
                    complain("a call was not counted")
            original(handler, data, size)

        return feed_data

    def watched_bytes(original: Any) -> Any:
        def data_received(handler: Any, data: bytes) -> None:
            original(handler, data)
            exchange = getattr(handler, "fusebox", None)
            if exchange is not None and exchange.payload is not None and data:  # Without data, reading is resumed.
                exchange.heard(data)

        return data_received

    def watched_end(original: Any) -> Any:
        def close(handler: Any) -> None:
            exchange = getattr(handler, "fusebox", None)
            if exchange is not None:
                quietly(exchange.closed)
            original(handler)

        return close

    wrap(module.BaseConnector, "connect", watched)
    wrap(protocol, "feed_data", watched_messages)
    wrap(protocol, "data_received", watched_bytes)
    wrap(protocol, "close", watched_end)
    if hasattr(protocol, "abort"):
        wrap(protocol, "abort", watched_end)
