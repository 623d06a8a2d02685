"""Clients of other model providers, from the same code generator as that of openai."""

from __future__ import annotations

import asyncio
import pickle
import time
from typing import Any, Callable

import cerebras.cloud.sdk
import fireworks
import groq
import perplexity
import pytest
import sambanova
import together
import writerai
from fusebox_agent.hooks.stainless import LIBRARIES
from hub import Hub
from server import CHAT, Server, Stream, chat_chunk

OK = (200, {}, CHAT)
LATER = (429, {"retry-after": "0.01"}, {})
ASK: Any = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}
CHUNKS = [chat_chunk(text) for text in "abc"]


class Kind:
    """A client of a library, sync or async.

    :param library: the library's module.
    """

    def __init__(self, library: Any, sync: str, asynchronous: str, is_async: bool) -> None:
        self.library = library
        self.s = f"{LIBRARIES[library.__name__].name}/chat"
        self.is_async = is_async
        self._class = getattr(library, asynchronous if is_async else sync)

    def create(self, url: str, retries: int = 0) -> Callable[[], Any]:
        """A function that asks a model once."""
        if not self.is_async:
            client = self._class(**self.options(url, retries))
            return lambda: self._ask(client)

        async def ask() -> Any:
            async with self._class(**self.options(url, retries)) as client:
                return await self._ask(client)

        return lambda: asyncio.run(ask())

    def read(self, url: str, most: int) -> None:
        """Reads at most ``most`` events of a streamed answer, and closes it."""
        if self.is_async:
            asyncio.run(self._read(url, most))
            return
        with self._ask(self._class(**self.options(url, 0)), stream=True) as stream:
            for _, _ in zip(range(most), stream):
                pass

    async def _read(self, url: str, most: int) -> None:
        async with self._class(**self.options(url, 0)) as client:
            async with await self._ask(client, stream=True) as stream:
                count = 0
                async for _ in stream:
                    count += 1
                    if count == most:
                        break

    def _ask(self, client: Any, **more: Any) -> Any:
        ask = client.chat.chat if self.library is writerai else client.chat.completions.create
        return ask(**ASK, **more)

    def options(self, url: str, retries: int) -> "dict[str, Any]":
        # The client of cerebras sends a request at once, unless told otherwise.
        more = {"warm_tcp_connection": False} if self.library is cerebras.cloud.sdk else {}
        return {"api_key": "k", "base_url": url, "max_retries": retries, **more}


KINDS = pytest.mark.parametrize("kind", [
    Kind(library, *classes, is_async)
    for library, *classes in (
        (cerebras.cloud.sdk, "Cerebras", "AsyncCerebras"), (fireworks, "Fireworks", "AsyncFireworks"),
        (groq, "Groq", "AsyncGroq"), (perplexity, "Perplexity", "AsyncPerplexity"),
        (sambanova, "SambaNova", "AsyncSambaNova"), (together, "Together", "AsyncTogether"),
        (writerai, "Writer", "AsyncWriter"))
    for is_async in (False, True)
], ids=lambda kind: f"{kind.s.partition('/')[0]}-{'async' if kind.is_async else 'sync'}")


@KINDS
def test_client_retries_and_host_requests_are_counted(hub: Hub, kind: Kind) -> None:
    with Server(LATER, (503, {"retry-after": "0.01"}, {}), OK) as server:
        kind.create(server.url, 4)()
    s = f"{kind.s}@{server.host}"
    total = hub.counted(s, ok=1)
    assert total["attempts"] == 3 and total["errors"] == {"HTTP 429": 1, "HTTP 503": 1}
    assert hub.declared(s)["target"] == "127.0.0.1" and hub.declared(s)["limits"][0]["value"] == 5
    assert hub.counted(f"http/{server.host}", ok=1, failed=2)["retries"] == {"0": 1, "1": 1, "2": 1}


@KINDS
def test_operator_sets_max_retries(hub: Hub, kind: Kind) -> None:
    with Server(LATER) as server:
        s = f"{kind.s}@{server.host}"
        create = kind.create(server.url, 3)
        with pytest.raises(kind.library.RateLimitError):
            create()
        assert len(server.requests) == 4
        hub.declared(s)
        assert hub.order(s, "set_limit", name="max_attempts", value=2)["ok"]
        with pytest.raises(kind.library.RateLimitError):
            create()
        assert len(server.requests) == 6
    assert hub.counted(s, failed=2)["errors"] == {"HTTP 429": 6}


@KINDS
def test_held_host_is_a_connection_error_without_a_retry(hub: Hub, kind: Kind) -> None:
    with Server(OK) as server:
        s, host = f"{kind.s}@{server.host}", f"http/{server.host}"
        create = kind.create(server.url, 4)
        create()
        hub.declared(host)
        assert hub.order(host, "open", reason="vendor down", for_ms=60_000)["ok"]
        start = time.monotonic()
        with pytest.raises(kind.library.APIConnectionError) as raised:
            create()
        assert time.monotonic() - start < 0.4  # A retry waits at least half a second.
        for error in (raised.value, pickle.loads(pickle.dumps(raised.value))):
            assert isinstance(error, kind.library.APIConnectionError)
            assert str(error).startswith(f"{server.host} is held by an operator: vendor down until ")
        assert hub.order(host, "reset")["ok"]
        create()
        assert len(server.requests) == 2
    for name in (s, host):
        assert hub.counted(name, ok=2, rejected=1, failed=0)["errors"] == {}


@KINDS
def test_streamed_answer_is_one_call_until_its_last_event(hub: Hub, kind: Kind) -> None:
    with Server((200, {}, Stream.events(*CHUNKS, "[DONE]")), (200, {}, Stream.events(*CHUNKS, breaks=True))) as server:
        s = f"{kind.s}@{server.host}"
        kind.read(server.url, 100)
        hub.counted(s, ok=1)
        with pytest.raises(Exception):
            kind.read(server.url, 100)
        hub.counted(s, ok=1, failed=1)
        server.script = [(200, {}, Stream.events(*CHUNKS, "[DONE]"))]
        kind.read(server.url, 1)
        hub.counted(s, ok=1, failed=1, cancelled=1)


@KINDS
def test_one_cause_has_one_error_name(hub: Hub, kind: Kind) -> None:
    with Server(OK) as server:
        pass
    with pytest.raises(kind.library.APIConnectionError):
        kind.create(server.url)()
    # The async client of fireworks goes through aiohttp, which has another name for it.
    error = "ConnectTimeout" if kind.library is fireworks and kind.is_async else "ConnectError"
    for name in (f"{kind.s}@{server.host}", f"http/{server.host}"):
        assert hub.counted(name, failed=1)["errors"] == {error: 1}


@KINDS
def test_own_host_of_the_library_is_not_in_the_name(kind: Kind) -> None:
    client = kind._class(api_key="k", **({"warm_tcp_connection": False} if "cerebras" in kind.s else {}))
    assert client.base_url.host == LIBRARIES[kind.library.__name__].host
