"""Hooks httpx and httpx2: each host is a strategy that an operator can hold open.

A request is one call from its start to the last byte of its response, so a stream that breaks is a failure.
"""

from __future__ import annotations

import functools
import importlib
from typing import TYPE_CHECKING, Any, AsyncIterator, Callable, Iterator, Optional

from .._gate import Gate, HeldByOperator
from .._meter import CANCELLED, FAILED, OK, REJECTED
from .._patch import quietly, wrap
from .._strategy import Call, Strategy, is_cancellation

if TYPE_CHECKING:
    from .._agent import Agent

FAILURES = (408, 429)
"""The statuses below 500 that are failures. All statuses from 500 are."""
LAST_EVENTS = (b"[DONE]", b"message_stop")
"""What the last event of a stream of openai or anthropic contains."""
RETRIES = "x-stainless-retry-count"
"""The header with the number of the retry in requests of openai and anthropic."""
HELD = {"httpx": "HostHeld", "httpx2": "HostHeld2"}
"""The names of the exceptions in this module, by the library whose ``ConnectError`` they are."""


def __getattr__(name: str) -> Any:
    # Created when needed: the libraries may not be installed. In this module, the classes can be pickled.
    for library, held in HELD.items():
        if name == held:
            return _held(importlib.import_module(library))
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


@functools.lru_cache(maxsize=None)
def _held(library: Any) -> Any:
    name = HELD[library.__name__]
    body = {"__module__": __name__, "__doc__": "Raised instead of a request while an operator holds the host open."}
    held = globals()[name] = type(name, (library.ConnectError, HeldByOperator), body)
    return held


class Exchange:
    """A request and its response, until the last byte."""

    __slots__ = ("_strategy", "_call", "_failure", "_wait", "_tail")

    def __init__(self, strategy: Strategy, call: Call) -> None:
        self._strategy = strategy
        self._call = call
        self._failure: Optional[str] = None
        """The error of a response whose status is a failure."""
        self._wait: Optional[str] = None
        """The ``Retry-After`` of such a response."""
        self._tail = b""
        """The last bytes of the body so far."""

    def answered(self, request: Any, response: Any) -> None:
        """Records the status and the headers. The body follows."""
        self._call.hear()
        headers = request.headers
        if RETRIES in headers:  # Costs half of get() for a header that is missing.
            retry = _number(headers.get(RETRIES))
            if retry is not None:
                self._call.retry_number = retry
        status = response.status_code
        if status >= 500 or status in FAILURES:
            self._failure = f"HTTP {status}"
            self._wait = response.headers.get("retry-after")

    def received(self, part: bytes) -> None:
        """Records a part of the body."""
        self._tail = part[-64:]
        self._call.hear()

    def complete(self) -> None:
        """Records the last byte."""
        if self._call.ended:
            return
        self._call.attempt(self._failure)
        if self._failure is not None and self._wait:
            self._strategy.meter.say(self._failure, f"Retry-After: {self._wait}"[:256])
        self._leave(OK if self._failure is None else FAILED)

    def closed(self) -> None:
        """Records that the program closed the response. Without the last byte, it gave up."""
        if self._call.ended:
            return
        # A client closes a response with an error status, or after the last event of a stream, without reading on.
        if self._failure is not None or any(end in self._tail for end in LAST_EVENTS):
            self.complete()
        else:
            self._leave(CANCELLED)

    def broke(self, error: BaseException) -> None:
        """Records an error instead of a response, or within it."""
        if self._call.ended:
            return
        if is_cancellation(error):
            self._leave(CANCELLED)
        else:
            self._call.attempt(error)
            self._leave(FAILED)

    def _leave(self, end: str) -> None:
        self._call.end(end)
        if isinstance(self._strategy.breaker, Gate):
            self._strategy.breaker.ended(None if end == CANCELLED else end == OK)


def hook(agent: "Agent", module: Any) -> None:
    held = _held(module)

    def enter(request: Any) -> "tuple[Exchange, Optional[str]]":
        url = request.url
        host = url.netloc.decode("ascii", "replace").rpartition("@")[2] or "(no host)"
        name = f"http/{host}"
        strategy = agent.strategies.get(name) or agent.strategy(
            name, "http", url.host, None, Gate(), "http"
        )
        call = strategy.begin()
        gate = strategy.breaker
        refusal = gate.refusal() if isinstance(gate, Gate) else None
        if refusal is None:
            return Exchange(strategy, call), None
        call.end(REJECTED)
        return Exchange(strategy, call), f"{host} is {refusal}"

    class Body(module.SyncByteStream):  # type: ignore[misc]
        def __init__(self, stream: Any, exchange: Exchange) -> None:
            self._stream = stream
            self._exchange = exchange

        def __iter__(self) -> Iterator[bytes]:
            try:
                for part in self._stream:
                    self._exchange.received(part)
                    yield part
            except GeneratorExit:  # The program stopped reading.
                raise
            except BaseException as error:
                quietly(self._exchange.broke, error)
                raise
            quietly(self._exchange.complete)

        def close(self) -> None:
            try:
                self._stream.close()
            finally:
                quietly(self._exchange.closed)

    class AsyncBody(module.AsyncByteStream):  # type: ignore[misc]
        def __init__(self, stream: Any, exchange: Exchange) -> None:
            self._stream = stream
            self._exchange = exchange

        async def __aiter__(self) -> AsyncIterator[bytes]:
            try:
                async for part in self._stream:
                    self._exchange.received(part)
                    yield part
            except GeneratorExit:  # The program stopped reading.
                raise
            except BaseException as error:
                quietly(self._exchange.broke, error)
                raise
            quietly(self._exchange.complete)

        async def aclose(self) -> None:
            try:
                await self._stream.aclose()
            finally:
                quietly(self._exchange.closed)

    def answered(exchange: Exchange, request: Any, response: Any, body: Callable[[Any, Exchange], Any]) -> None:
        exchange.answered(request, response)
        if response.is_closed:  # The whole body is there already.
            exchange.complete()
        else:
            response.stream = body(response.stream, exchange)

    def watched(original: Any) -> Any:
        def send(client: Any, request: Any) -> Any:
            entered = quietly(enter, request)
            if entered is None:
                return original(client, request)
            exchange, refusal = entered
            if refusal is not None:
                raise held(refusal, request=request)
            try:
                response = original(client, request)
            except BaseException as error:
                quietly(exchange.broke, error)
                raise
            quietly(answered, exchange, request, response, Body)
            return response

        return send

    def watched_async(original: Any) -> Any:
        async def send(client: Any, request: Any) -> Any:
            entered = quietly(enter, request)
            if entered is None:
                return await original(client, request)
            exchange, refusal = entered
            if refusal is not None:
                raise held(refusal, request=request)
            try:
                response = await original(client, request)
            except BaseException as error:
                quietly(exchange.broke, error)
                raise
            quietly(answered, exchange, request, response, AsyncBody)
            return response

        return send

    wrap(module.Client, "_send_single_request", watched)
    wrap(module.AsyncClient, "_send_single_request", watched_async)


def _number(text: Optional[str]) -> Optional[int]:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 5 else None
