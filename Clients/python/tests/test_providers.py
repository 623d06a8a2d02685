"""Every client is tried against the same failures, which all are counted alike."""

from __future__ import annotations

import asyncio
from typing import Any, Callable, List, Optional, Tuple

import aiohttp
import anthropic
import httpx
import openai
import pytest
import requests
import test_botocore as bedrock
from hub import Hub
from providers import FAILURES, Provider

ASK: Any = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}
ERRORS = {"429": "HTTP 429", "503": "HTTP 503", "reset": "RemoteProtocolError"}
"""The error names of the failures that all clients see alike."""


def of_openai(url: str, stream: bool) -> None:
    with openai.OpenAI(api_key="k", base_url=f"{url}/v1", max_retries=0) as ai:
        answer = ai.chat.completions.create(stream=stream, **ASK)
        assert list(answer)


async def of_openai_async(url: str, stream: bool) -> None:
    async with openai.AsyncOpenAI(api_key="k", base_url=f"{url}/v1", max_retries=0) as ai:
        answer: Any = await ai.chat.completions.create(stream=stream, **ASK)
        assert [event async for event in answer] if stream else answer


def of_anthropic(url: str, stream: bool) -> None:
    with anthropic.Anthropic(api_key="k", base_url=url, max_retries=0) as ai:
        answer: Any = ai.messages.create(stream=stream, max_tokens=9, **ASK)
        assert list(answer)


async def of_anthropic_async(url: str, stream: bool) -> None:
    async with anthropic.AsyncAnthropic(api_key="k", base_url=url, max_retries=0) as ai:
        answer: Any = await ai.messages.create(stream=stream, max_tokens=9, **ASK)
        assert [event async for event in answer] if stream else answer


def of_botocore(url: str, stream: bool) -> None:
    ai = bedrock.client(url)
    assert (bedrock.converse_stream if stream else bedrock.converse)(ai) == "hi"


def of_httpx(url: str, stream: bool) -> None:
    with httpx.stream("POST", f"{url}/v1/chat/completions", json={"stream": stream}) as response:
        response.raise_for_status()
        assert response.read()


def of_requests(url: str, stream: bool) -> None:
    with requests.post(f"{url}/v1/chat/completions", json={"stream": stream}, stream=stream) as response:
        response.raise_for_status()
        assert response.content


async def of_aiohttp(url: str, stream: bool) -> None:
    async with aiohttp.ClientSession(raise_for_status=True) as session:
        async with session.post(f"{url}/v1/chat/completions", json={"stream": stream}) as response:
            assert await response.read()


CLIENTS: List[Tuple[Callable[[str, bool], Any], Optional[str]]] = [
    (of_openai, "openai/chat"), (of_openai_async, "openai/chat"), (of_anthropic, "anthropic/messages"),
    (of_anthropic_async, "anthropic/messages"), (of_botocore, "botocore/bedrock-runtime"),
    (of_httpx, None), (of_requests, None), (of_aiohttp, None),
]
"""The clients with the names of their own strategies."""


def run(client: Callable[[str, bool], Any], url: str, stream: bool) -> None:
    if asyncio.iscoroutinefunction(client):
        asyncio.run(client(url, stream))
    else:
        client(url, stream)


def check(hub: Hub, client: Any, s: Optional[str], failure: str) -> None:
    """Makes a call that fails and one that succeeds, both with and without a stream where the failure allows it."""
    concerns_streams = failure in ("break", "error event")
    ways = (True,) if concerns_streams else (False, True)
    with Provider() as server:
        for stream in ways:
            server.steps.append(failure)
            if failure == "error event" and s is None:
                run(client, server.url, stream)  # A client of HTTP does not read the events.
                continue
            with pytest.raises(Exception):
                run(client, server.url, stream)
            run(client, server.url, stream)
    count = len(ways)
    if s is not None:
        total = hub.counted(f"{s}@{server.host}", ok=count, failed=count)
        assert total["rejected"] == total["cancelled"] == 0
        assert failure not in ERRORS or total["errors"] == {ERRORS[failure]: count}
    if failure != "error event":
        assert hub.counted(f"http/{server.host}", ok=count, failed=count)["cancelled"] == 0


@pytest.mark.parametrize("client, s", CLIENTS, ids=lambda value: getattr(value, "__name__", ""))
@pytest.mark.parametrize("failure", FAILURES)
def test_failure_is_counted_alike_by_every_client(hub: Hub, client: Any, s: Optional[str], failure: str) -> None:
    check(hub, client, s, failure)
