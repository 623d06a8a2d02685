"""Hooks httpx and httpx2: each host is a strategy."""

from __future__ import annotations

from operator import attrgetter
from time import monotonic
from typing import TYPE_CHECKING, Any, AsyncIterator, Iterator, Optional

from .._meter import CANCELLED
from .._patch import complain, quietly, wrap
from .._strategy import Call
from .held import HeldErrors
from .gated import enter, finish, leave
from .hosts import TAIL, Hosts, complete, failure_of, is_last_event, outer, whole

if TYPE_CHECKING:
    from .._agent import Agent

RETRIES = b"x-stainless-retry-count"
"""The header with the number of the retry in requests of openai and anthropic."""
HELD = HeldErrors(__name__, {"httpx": "HostHeld", "httpx2": "HostHeld2"}, ("ConnectError",))

__getattr__ = HELD.attribute


class _Response:
    """The body of a response whose last byte has not come. Its call ends with that byte.

    The classes of the libraries' streams inherit from it.
    """

    _stream: Any
    _call: Call
    _failure: Optional[str]
    """The error of a response whose status is a failure."""
    _wait: Optional[str]
    """The ``Retry-After`` of such a response."""
    _tail: bytes
    """The last bytes of the body so far."""

    def __init__(self, stream: Any, call: Call, failure: Optional[str], wait: Optional[str]) -> None:
        self._stream = stream
        self._call = call
        self._failure = failure
        self._wait = wait
        self._tail = b""

    def _complete(self) -> None:
        """Records the last byte."""
        complete(self._call, self._failure, self._wait)

    def _closed(self) -> None:
        """Records that the program closed the response. Without the last byte, it gave up."""
        if self._call.ended:
            return
        # A client closes a response with an error status, or after the last event of a stream, without reading on.
        if self._failure is not None or is_last_event(self._tail):
            self._complete()
        else:
            leave(self._call, CANCELLED)


def hook(agent: "Agent", module: Any) -> None:
    held = HELD.of(module)
    hosts = Hosts(agent)
    known = hosts.known
    url = module.URL("http://user@host:1/")
    has_parts = getattr(url, "_uri_reference", ())[2:4] == ("host", 1)
    """Whether the host and the port are known without a parse."""
    headers_of = attrgetter("_list" if hasattr(module.Headers(), "_list") else "raw")
    """Takes the headers as tuples that begin with the name in bytes. The attribute ``raw`` is a new list each time."""

    def begin(request: Any) -> "Call | str":
        url = request.url
        key = url._uri_reference[2:4] if has_parts else url.netloc
        strategy = known.get(key)
        if strategy is None:
            strategy = hosts.find(key, url.netloc.decode("ascii", "replace").rpartition("@")[2], url.host)
        return enter(strategy, Call)

    class Body(_Response, module.SyncByteStream):  # type: ignore[misc]
        def __iter__(self) -> Iterator[bytes]:
            call = self._call
            try:
                for part in self._stream:
                    self._tail = part[-TAIL:]
                    call.heard = monotonic()
                    yield part
            except GeneratorExit:  # The program stopped reading.
                raise
            except BaseException as error:
                quietly(finish, call, error)
                raise
            quietly(self._complete)

        def close(self) -> None:
            try:
                self._stream.close()
            finally:
                quietly(self._closed)

    class AsyncBody(_Response, module.AsyncByteStream):  # type: ignore[misc]
        async def __aiter__(self) -> AsyncIterator[bytes]:
            call = self._call
            try:
                async for part in self._stream:
                    self._tail = part[-TAIL:]
                    call.heard = monotonic()
                    yield part
            except GeneratorExit:  # The program stopped reading.
                raise
            except BaseException as error:
                quietly(finish, call, error)
                raise
            quietly(self._complete)

        async def aclose(self) -> None:
            try:
                await self._stream.aclose()
            finally:
                quietly(self._closed)

    def answered(call: Call, request: Any, response: Any, body: Any) -> None:
        """Records the status and the headers. The body follows, unless it is there already."""
        status = response.status_code
        failure = wait = None
        if status >= 408:  # The common case costs no call.
            failure = failure_of(status)
            wait = response.headers.get("retry-after")
        for header in headers_of(request.headers):
            if header[0] == RETRIES:
                call.retry_number = _number(header[-1])
                break
        if not response.is_closed:
            call.hear()
            response.stream = body(response.stream, call, failure, wait)
        else:
            whole(call, failure, wait)

    def watched(original: Any) -> Any:
        def send(client: Any, request: Any) -> Any:
            # Not through quietly(): its calls would cost as much as the rest.
            try:
                call = begin(request)
            except Exception:
                complain("a call was not counted")
                return original(client, request)
            if isinstance(call, str):
                raise held(call, request=request)
            try:
                response = original(client, request)
            except BaseException as error:
                quietly(finish, call, error)
                raise
            try:
                answered(call, request, response, Body)
            except Exception:
                complain("a call was not counted")
            return response

        return send

    def watched_async(original: Any) -> Any:
        async def send(client: Any, request: Any) -> Any:
            try:
                call = begin(request)
            except Exception:
                complain("a call was not counted")
                return await original(client, request)
            if isinstance(call, str):
                raise held(call, request=request)
            token = outer.set(call)
            try:
                response = await original(client, request)
            except BaseException as error:
                quietly(finish, call, error)
                raise
            finally:
                outer.reset(token)
            try:
                answered(call, request, response, AsyncBody)
            except Exception:
                complain("a call was not counted")
            return response

        return send

    wrap(module.Client, "_send_single_request", watched)
    wrap(module.AsyncClient, "_send_single_request", watched_async)


def _number(digits: bytes) -> Optional[int]:
    return int(digits) if digits.isdigit() and len(digits) < 5 else None
