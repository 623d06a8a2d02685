from __future__ import annotations

import asyncio
import os
from typing import Any, Iterator

import pytest
from hub import Hub
from server import CHAT, Server

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
import litellm  # Imported here because it reads the variable on import.

HI = [{"role": "user", "content": "hi"}]


def model(group: str, id_: str, url: str) -> dict:
    return {
        "model_name": group, "model_info": {"id": id_},
        "litellm_params": {"model": "openai/m", "api_key": "k", "api_base": f"{url}/v1", "max_retries": 0},
    }


@pytest.fixture
def good() -> Iterator[Server]:
    with Server((200, {}, CHAT)) as server:
        yield server


@pytest.fixture
def bad() -> Iterator[Server]:
    with Server((500, {}, {})) as server:
        yield server


def router(**options: Any) -> Any:
    return litellm.Router(retry_after=0, **options)


def test_groups_and_deployments_are_reported_with_their_calls(hub: Hub, good: Server) -> None:
    r = router(model_list=[model("chat", "eu", good.url)], num_retries=2)
    assert hub.declared("litellm/chat")["limits"][0]["value"] == 3
    assert hub.declared("litellm/chat/eu")["target"] == "openai/m"
    r.completion("chat", HI)
    asyncio.run(r.acompletion("chat", HI))
    hub.counted("litellm/chat", ok=2, attempts=2)
    hub.counted("litellm/chat/eu", ok=2)


def test_retries_are_counted_and_an_operator_limits_them(hub: Hub, bad: Server) -> None:
    r = router(model_list=[model("chat", "eu", bad.url)], num_retries=2, disable_cooldowns=True)
    hub.declared("litellm/chat")
    with pytest.raises(litellm.InternalServerError):
        r.completion("chat", HI)
    assert len(bad.requests) == 3
    hub.counted("litellm/chat", failed=1, attempts=3)
    assert hub.order("litellm/chat", "set_limit", name="max_attempts", value=1)["ok"]
    with pytest.raises(litellm.InternalServerError):
        r.completion("chat", HI)
    assert len(bad.requests) == 4
    total = hub.counted("litellm/chat", failed=2)
    assert total["attempts"] == 4 and total["errors"] == {"HTTP 500": 4}


def test_answer_of_another_group_is_reported_as_a_fallback(hub: Hub, good: Server, bad: Server) -> None:
    r = router(model_list=[model("a", "a1", bad.url), model("b", "b1", good.url)], num_retries=0,
               fallbacks=[{"a": ["b"]}], disable_cooldowns=True)
    r.completion("a", HI)
    hub.counted("litellm/a", ok=1, fallback=1)
    hub.counted("litellm/b", ok=1, fallback=0)
    hub.counted("litellm/a/a1", failed=1)


def test_cooldown_is_an_open_breaker_that_closes_when_it_expires(hub: Hub, good: Server, bad: Server) -> None:
    r = router(model_list=[model("chat", "good", good.url), model("chat", "bad", bad.url)], num_retries=3,
               allowed_fails=0, cooldown_time=1)
    hub.declared("litellm/chat/bad")
    for _ in range(20):
        r.completion("chat", HI)
        if bad.requests:
            break
    opened = hub.wait(lambda: [b for b in hub.heard("breaker", "litellm/chat/bad") if b["to"] == "open"])[0]
    assert opened["probe_in_ms"] == 1000 and opened["why"].startswith("cooled down after ")
    hub.wait(lambda: [b for b in hub.heard("breaker", "litellm/chat/bad") if b["to"] == "closed"])


def test_operator_starts_and_ends_a_cooldown(hub: Hub, good: Server) -> None:
    r = router(model_list=[model("chat", "eu", good.url)], num_retries=0)
    hub.declared("litellm/chat/eu")
    r.completion("chat", HI)
    assert hub.order("litellm/chat/eu", "open", for_ms=60_000)["ok"]
    with pytest.raises(Exception):
        r.completion("chat", HI)
    assert len(good.requests) == 1
    assert hub.order("litellm/chat/eu", "reset")["ok"]
    r.completion("chat", HI)
    assert [b["to"] for b in hub.heard("breaker", "litellm/chat/eu")] == ["forced_open", "closed"]
