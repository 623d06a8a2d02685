"""Libraries that are seen and held through the HTTP client below them."""

from __future__ import annotations

import asyncio
from typing import Any, Callable, Dict

import pytest
from hub import Hub
from providers import Provider

ASK = [{"role": "user", "content": "hi"}]


def langchain(url: str) -> Any:
    from langchain_openai import ChatOpenAI

    return ChatOpenAI(model="m", api_key="k", base_url=f"{url}/v1").invoke("hi")


def langsmith(url: str) -> Any:
    from langsmith import Client

    return list(Client(api_url=url, api_key="k").request_with_retries("GET", "/sessions").json())


def pydantic_ai(url: str) -> Any:
    from pydantic_ai import Agent
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    model = OpenAIChatModel("m", provider=OpenAIProvider(base_url=f"{url}/v1", api_key="k"))
    return asyncio.run(Agent(model).run("hi")).output


def litellm(url: str) -> Any:
    import litellm

    return litellm.completion("openai/m", ASK, api_key="k", api_base=f"{url}/v1")


def httpx_aiohttp(url: str) -> Any:
    import openai

    async def call() -> Any:
        client = openai.DefaultAioHttpClient()
        async with openai.AsyncOpenAI(api_key="k", base_url=f"{url}/v1", http_client=client) as ai:
            return await ai.chat.completions.create(model="m", messages=ASK)  # type: ignore[arg-type]

    return asyncio.run(call())


LIBRARIES: Dict[str, Callable[[str], Any]] = {
    "langchain-openai": langchain, "langsmith": langsmith, "pydantic-ai": pydantic_ai, "litellm": litellm,
    "httpx-aiohttp": httpx_aiohttp,
}


@pytest.mark.parametrize("call", LIBRARIES.values(), ids=LIBRARIES)
def test_held_host_is_not_reached_through_a_library(hub: Hub, call: Callable[[str], Any]) -> None:
    with Provider() as server:
        call(server.url)
        s = f"http/{server.host}"
        hub.wait(lambda: hub.total(s)["ok"] >= 1)
        assert hub.total(s)["failed"] == 0
        assert hub.order(s, "open", reason="vendor down")["ok"]
        asked = len(server.requests)  # Some libraries also ask in a thread of their own.
        with pytest.raises(Exception) as raised:
            call(server.url)
        assert f"{server.host} is held by an operator: vendor down" in str(raised.value)
        assert len(server.requests) == asked
        assert hub.order(s, "reset")["ok"]
        call(server.url)
        assert len(server.requests) > asked
