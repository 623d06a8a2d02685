"""Streamed answers: a call lasts until the last byte, and its end is what happened to the stream."""

from __future__ import annotations

import asyncio
import sys
import threading
from typing import Any

import anthropic
import openai
import pytest
from fusebox_agent import _meter
from hub import Hub
from providers import MESSAGES
from server import Server, Stream, chat_chunk

httpx = pytest.importorskip("httpx")

CHUNKS = [chat_chunk(text) for text in "abc"]
OVERLOADED = {"type": "error", "error": {"type": "overloaded_error", "message": "busy"}}
ASK = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}

WHOLE = {
    "openai": Stream.events(*CHUNKS, "[DONE]"),
    "anthropic": Stream.events(*MESSAGES),
}
BROKEN = {
    "openai": [Stream.events(*CHUNKS, breaks=True), Stream.events(*CHUNKS, {"error": {"message": "busy"}})],
    "anthropic": [Stream.events(*MESSAGES[:3], breaks=True), Stream.events(*MESSAGES[:3], OVERLOADED)],
}
STRATEGIES = {"openai": "openai/chat", "anthropic": "anthropic/messages"}


def read(library: str, url: str, is_async: bool, most: int = 1_000) -> int:
    """Reads events of a streamed answer. Returns their number."""
    if is_async:
        return asyncio.run(read_async(library, url, most))
    count = 0
    if library == "openai":
        stream: Any = openai.OpenAI(api_key="k", base_url=f"{url}/v1").chat.completions.create(stream=True, **ASK)
    else:
        stream = anthropic.Anthropic(api_key="k", base_url=url).messages.create(stream=True, max_tokens=9, **ASK)
    with stream:
        for _ in stream:
            count += 1
            if count == most:
                break
    return count


async def read_async(library: str, url: str, most: int) -> int:
    count = 0
    if library == "openai":
        ai: Any = openai.AsyncOpenAI(api_key="k", base_url=f"{url}/v1")
        stream = await ai.chat.completions.create(stream=True, **ASK)
    else:
        ai = anthropic.AsyncAnthropic(api_key="k", base_url=url)
        stream = await ai.messages.create(stream=True, max_tokens=9, **ASK)
    async with ai, stream:
        async for _ in stream:
            count += 1
            if count == most:
                break
    return count


LIBRARIES = pytest.mark.parametrize("library", ["openai", "anthropic"])
BOTH = pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])


@BOTH
@LIBRARIES
def test_whole_stream_is_a_success_at_both_levels(hub: Hub, library: str, is_async: bool) -> None:
    with Server((200, {}, WHOLE[library])) as server:
        assert read(library, server.url, is_async) >= 3
    for s in (f"{STRATEGIES[library]}@{server.host}", f"http/{server.host}"):
        total = hub.counted(s, ok=1)
        assert total["failed"] == total["cancelled"] == 0


@BOTH
@LIBRARIES
def test_broken_streams_and_error_events_are_failures(hub: Hub, library: str, is_async: bool) -> None:
    for stream in BROKEN[library]:
        with Server((200, {}, stream)) as server:
            for _ in range(3):
                with pytest.raises(Exception):
                    read(library, server.url, is_async)
        total = hub.counted(f"{STRATEGIES[library]}@{server.host}", failed=3)
        assert total["ok"] == 0
        # After an error event, the library closes the body: that is no failure of the host.
        hub.counted(f"http/{server.host}", **{"failed" if stream.breaks else "cancelled": 3})


@BOTH
@LIBRARIES
def test_abandoned_stream_is_a_cancellation(hub: Hub, library: str, is_async: bool) -> None:
    with Server((200, {}, WHOLE[library])) as server:
        assert read(library, server.url, is_async, most=1) == 1
    total = hub.counted(f"{STRATEGIES[library]}@{server.host}", cancelled=1)
    assert total["ok"] == total["failed"] == 0


def test_first_and_last_byte_are_told_apart(hub: Hub) -> None:
    middle = threading.Event()
    with Server((200, {}, Stream(b"first", middle, b"last"))) as server:
        s = f"http/{server.host}"
        with httpx.Client() as client, client.stream("GET", server.url) as response:
            parts = response.iter_bytes()
            assert next(parts) == b"first"
            # Until the last byte, the call is in flight.
            hub.wait(lambda: [d for d in hub.heard("delta", s) if d["in_flight"] == 1])
            middle.set()
            assert b"".join(parts) == b"last"
    hub.counted(s, ok=1)
    delta = next(d for d in hub.heard("delta", s) if d["ok"])
    assert delta["stream"]["first_byte"][0][0] < delta["latency"][0][0]


def test_stalled_stream_is_reported_as_waiting(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_meter, "STALL", 0.1)
    middle = threading.Event()
    with Server((200, {}, Stream(b"first", middle, b"last"))) as server:
        s = f"http/{server.host}"
        with httpx.Client() as client, client.stream("GET", server.url) as response:
            parts = response.iter_bytes()
            next(parts)
            hub.wait(lambda: [d for d in hub.heard("delta", s) if d["waiting"] == 1])
            middle.set()
            list(parts)
    hub.counted(s, ok=1)


def test_body_that_is_there_already_is_a_whole_call(hub: Hub) -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json={}))
    with httpx.Client(transport=transport) as client:
        client.get("http://mock")
    hub.counted("http/mock", ok=1)


@pytest.mark.skipif(sys.version_info < (3, 11), reason="asyncio.timeout is for Python 3.11 and newer")
def test_time_out_around_a_call_is_a_failure_and_a_cancellation_is_not(hub: Hub) -> None:
    async def main(url: str) -> None:
        async with httpx.AsyncClient() as client:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await client.get(url)
            task = asyncio.ensure_future(client.get(url))
            await asyncio.sleep(0.05)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    never = threading.Event()
    with Server((200, {}, Stream(never))) as server:
        asyncio.run(main(server.url))
        never.set()
    total = hub.counted(f"http/{server.host}", failed=1, cancelled=1)
    assert total["errors"] == {"TimeoutError": 1}
