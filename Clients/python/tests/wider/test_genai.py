"""google-genai: calls, retries, streamed answers and holds, with httpx and with aiohttp."""

from __future__ import annotations

import asyncio
import contextlib
import pickle
import sys
import time
from typing import Any, List, Optional

import aiohttp
import httpx
import pytest
from fusebox_agent._gate import HeldByOperator
from google import genai
from google.genai import errors, types
from hub import Hub
from server import GEMINI, GEMINI_BUSY, Server, Stream

if sys.version_info >= (3, 10):
    import httpx2
else:
    httpx2 = None

OK = (200, {}, GEMINI)
BUSY = (503, {}, GEMINI_BUSY)
ASK = {"model": "m", "contents": "hi"}


class Client:
    """Calls through one of the clients.

    :param kind: ``sync``, ``aiohttp`` or ``httpx`` (the asynchronous client of that library).
    :param attempts: the attempts of the client; ``None`` without retries.
    """

    def __init__(self, kind: str, url: str, attempts: Optional[int] = None) -> None:
        self.kind = kind
        self.url = url
        self.attempts = attempts

    def create(self) -> Any:
        options = types.HttpOptions(base_url=self.url)
        if self.attempts is not None:
            options.retry_options = types.HttpRetryOptions(attempts=self.attempts, initial_delay=0.01, max_delay=0.02)
        if self.kind == "httpx":
            options.httpx_async_client = httpx.AsyncClient()
        return genai.Client(api_key="k", http_options=options)

    def ask(self) -> Any:
        if self.kind == "sync":
            client = self.create()
            return client.models.generate_content(**ASK)
        return asyncio.run(self._ask())

    async def _ask(self) -> Any:
        async with self.create().aio as client:
            return await client.models.generate_content(**ASK)

    def stream(self, most: int = 1_000) -> List[Any]:
        """Reads parts of a streamed answer, at most this many."""
        if self.kind != "sync":
            return asyncio.run(self._stream(most))
        parts = []
        client = self.create()
        for part in client.models.generate_content_stream(**ASK):
            parts.append(part)
            if len(parts) == most:
                break
        return parts

    async def _stream(self, most: int) -> List[Any]:
        parts = []
        async with self.create().aio as client:
            stream = await client.models.generate_content_stream(**ASK)
            async for part in stream:
                parts.append(part)
                if len(parts) == most:
                    await stream.aclose()
                    break
        return parts


KINDS = pytest.mark.parametrize("kind", ["sync", "aiohttp", "httpx"])
S = "genai/models.generate_content"
STREAM = "genai/models.generate_content_stream"


@KINDS
def test_calls_their_retries_and_the_requests_of_the_host_are_counted(hub: Hub, kind: str) -> None:
    with Server(BUSY, BUSY, OK) as server:
        assert Client(kind, server.url, 4).ask().text == "hi"
    total = hub.counted(S, ok=1, failed=0)
    assert total["attempts"] == 3 and total["errors"] == {"HTTP 503": 2}
    assert hub.counted(f"http/{server.host}", ok=1, failed=2)["errors"] == {"HTTP 503": 2}


@KINDS
def test_error_statuses_are_failures(hub: Hub, kind: str) -> None:
    with Server(BUSY) as server, pytest.raises(errors.ServerError):
        Client(kind, server.url).ask()
    assert hub.counted(S, failed=1, ok=0)["errors"] == {"HTTP 503": 1}


@KINDS
def test_operator_sets_the_limit_of_attempts(hub: Hub, kind: str) -> None:
    with Server(BUSY) as server:
        client = Client(kind, server.url, 4)
        with pytest.raises(errors.ServerError):
            client.ask()
        assert len(server.requests) == 4
        assert hub.declared(S)["limits"][0]["value"] == 4
        assert hub.order(S, "set_limit", name="max_attempts", value=2)["ok"]
        with pytest.raises(errors.ServerError):
            client.ask()
        assert len(server.requests) == 6


@KINDS
def test_client_without_retries_cannot_be_made_to_retry(hub: Hub, kind: str) -> None:
    with Server(BUSY) as server:
        with pytest.raises(errors.ServerError):
            Client(kind, server.url).ask()
        hub.declared(S)
        assert not hub.order(S, "set_limit", name="max_attempts", value=2)["ok"]
        with pytest.raises(errors.ServerError):
            Client(kind, server.url, 3).ask()
        assert len(server.requests) == 4
        assert hub.order(S, "set_limit", name="max_attempts", value=2)["ok"]
        with pytest.raises(errors.ServerError):
            Client(kind, server.url).ask()
        assert len(server.requests) == 5


@KINDS
@pytest.mark.parametrize("attempts", [None, 4])
def test_held_host_ends_a_call_at_once_without_a_retry(hub: Hub, kind: str, attempts: Optional[int]) -> None:
    with Server(OK) as server:
        client = Client(kind, server.url, attempts)
        client.ask()
        host = f"http/{server.host}"
        hub.declared(host)
        assert hub.order(host, "open", reason="vendor down")["ok"]
        words = f"{server.host} is held by an operator: vendor down until it is reset"
        for use in (client.ask, client.stream):
            start = time.monotonic()
            with pytest.raises(connect_error(kind)) as raised:
                use()
            assert time.monotonic() - start < 0.9  # The client sleeps at least a second after a connection error.
            assert str(raised.value) == words == str(pickle.loads(pickle.dumps(raised.value)))
            assert isinstance(raised.value, HeldByOperator)
        assert len(server.requests) == 1
        assert hub.order(host, "reset")["ok"]
        client.ask()
    for s, ok, rejected in ((S, 2, 1), (STREAM, 0, 1), (host, 2, 2)):
        total = hub.counted(s, ok=ok, rejected=rejected)
        assert total["failed"] == 0 and total["errors"] == {}


def connect_error(kind: str) -> Any:
    """The error that the HTTP client of a kind raises if a host cannot be reached."""
    if kind == "aiohttp":
        return aiohttp.ClientConnectorError
    return tuple(library.ConnectError for library in (httpx, httpx2) if library is not None)


@KINDS
def test_streamed_answer_is_one_call_until_its_last_event(hub: Hub, kind: str) -> None:
    with Server((200, {}, Stream.events(GEMINI, GEMINI, GEMINI))) as server:
        assert len(Client(kind, server.url, 4).stream()) == 3
    for s in (STREAM, f"http/{server.host}"):
        total = hub.counted(s, ok=1)
        assert total["failed"] == total["cancelled"] == 0
    assert next(d for d in hub.heard("delta", STREAM) if d["ok"])["stream"]["first_byte"]


@KINDS
def test_broken_streams_and_error_events_are_failures(hub: Hub, kind: str) -> None:
    with Server((200, {}, Stream.events(GEMINI, breaks=True))) as server, pytest.raises(Exception):
        Client(kind, server.url).stream()
    total = hub.counted(STREAM, failed=1)
    assert total["ok"] == total["cancelled"] == 0
    # Older clients do not raise the error of an event.
    with Server((200, {}, Stream.events(GEMINI, GEMINI_BUSY))) as server, contextlib.suppress(errors.ServerError):
        Client(kind, server.url).stream()
    total = hub.counted(STREAM, failed=2)
    assert total["ok"] == total["cancelled"] == 0 and total["errors"]["HTTP 503"] == 1


@KINDS
def test_abandoned_stream_is_a_cancellation(hub: Hub, kind: str) -> None:
    with Server((200, {}, Stream.events(GEMINI, GEMINI, GEMINI))) as server:
        assert len(Client(kind, server.url).stream(1)) == 1
    total = hub.counted(STREAM, cancelled=1)
    assert total["ok"] == total["failed"] == 0
