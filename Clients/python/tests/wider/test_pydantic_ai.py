"""pydantic-ai: function tools, and models whose host is held."""

from __future__ import annotations

import time
from typing import Any, List

import httpx
import pytest
from hub import Hub
from openai import AsyncOpenAI
from pydantic_ai import Agent, ApprovalRequired, DeferredToolRequests, ModelRetry
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart, ToolReturnPart
from pydantic_ai.models.fallback import FallbackModel
from pydantic_ai.models.function import FunctionModel
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider
from server import CHAT, Server


def asks_until_it_is_answered(messages: List[ModelMessage], info: Any) -> ModelResponse:
    """A model that calls the tool ``price`` until it returns."""
    returned = [part for message in messages for part in message.parts if isinstance(part, ToolReturnPart)]
    if any(getattr(part, "retry", None) is None for part in returned):
        return ModelResponse(parts=[TextPart("3")])
    return ModelResponse(parts=[ToolCallPart("price", {"item": "tea"})])


def agent(price: Any, **options: Any) -> Any:
    created: Any = Agent(FunctionModel(asks_until_it_is_answered), **options)
    created.tool_plain(retries=2, name="price")(price)
    return created


def test_calls_of_a_tool_and_their_retries_are_counted(hub: Hub) -> None:
    errors: List[Any] = [ModelRetry("which tea?"), ModelRetry("which tea?")]

    async def price(item: str) -> str:
        if errors:
            raise errors.pop(0)
        return "3"

    assert agent(price).run_sync("?").output == "3"
    total = hub.counted("pydantic-ai/price", ok=1, failed=2)
    assert total["errors"] == {"ModelRetry": 2} and total["retries"] == {"0": 1, "1": 1, "2": 1}
    errors[:] = [ValueError()]
    with pytest.raises(ValueError):
        agent(price).run_sync("?")
    hub.counted("pydantic-ai/price", ok=1, failed=3)


def test_tool_that_waits_for_approval_is_neither_a_success_nor_a_failure(hub: Hub) -> None:
    async def price(item: str) -> str:
        raise ApprovalRequired()

    result = agent(price, output_type=[str, DeferredToolRequests]).run_sync("?")
    assert isinstance(result.output, DeferredToolRequests)
    hub.counted("pydantic-ai/price", cancelled=1, ok=0, failed=0)


def test_tool_under_a_held_host_is_rejected(hub: Hub) -> None:
    with Server((200, {}, {})) as server:
        async def price(item: str) -> str:
            async with httpx.AsyncClient() as client:
                return str((await client.get(server.url)).status_code)

        agent(price).run_sync("?")
        hub.declared(f"http/{server.host}")
        assert hub.order(f"http/{server.host}", "open", reason="vendor down")["ok"]
        with pytest.raises(httpx.ConnectError, match="is held by an operator: vendor down until"):
            agent(price).run_sync("?")
        assert len(server.requests) == 1
    assert hub.counted("pydantic-ai/price", ok=1, rejected=1, failed=0)["errors"] == {}


def test_held_host_of_a_model_sends_the_agent_to_its_fallback_at_once(hub: Hub) -> None:
    with Server((200, {}, CHAT)) as held, Server((200, {}, CHAT)) as good:
        def model(server: Server) -> OpenAIChatModel:
            client = AsyncOpenAI(api_key="k", base_url=f"{server.url}/v1", max_retries=3)
            return OpenAIChatModel("m", provider=OpenAIProvider(openai_client=client))

        Agent(model(held)).run_sync("?")
        hub.declared(f"http/{held.host}")
        assert hub.order(f"http/{held.host}", "open", reason="vendor down")["ok"]
        start = time.monotonic()
        assert Agent(FallbackModel(model(held), model(good))).run_sync("?").output == "hi"
        with pytest.raises(Exception, match="is held by an operator: vendor down until"):
            Agent(model(held)).run_sync("?")
        assert time.monotonic() - start < 2
        assert len(held.requests) == 1 and len(good.requests) == 1
