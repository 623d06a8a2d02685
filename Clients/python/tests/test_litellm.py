from __future__ import annotations

import asyncio
import logging
import os
import pickle
import time
from types import ModuleType
from typing import Any, Callable, Iterator

import pytest
from fusebox_agent import _api
from fusebox_agent.hooks import litellm_
from hub import Hub
from server import CHAT, Server

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
import litellm  # Imported here because it reads the variable on import.

pytestmark = pytest.mark.skipif(
    not hasattr(litellm.Router, "async_function_with_retries"), reason="this version's Router is not hooked")
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


def hold(hub: Hub, server: Server) -> None:
    """Holds the host of a server that has answered before."""
    hub.declared(f"http/{server.host}")
    assert hub.order(f"http/{server.host}", "open", reason="vendor down", for_ms=60_000)["ok"]


def both(group: str) -> "list[Callable[[Any], Any]]":
    """The sync and the async call of a group."""
    return [lambda r: r.completion(group, HI), lambda r: asyncio.run(r.acompletion(group, HI))]


def sleepless(call: Callable[[], Any]) -> Any:
    """Calls without a sleep of the Router. With its retries, it takes 5 s."""
    start = time.monotonic()
    try:
        return call()
    finally:
        assert time.monotonic() - start < 2


def test_held_host_sends_the_router_to_its_fallback_at_once(hub: Hub, good: Server) -> None:
    with Server((200, {}, CHAT)) as held:
        r = litellm.Router(model_list=[model("a", "a1", held.url), model("b", "b1", good.url)], num_retries=3,
                           fallbacks=[{"a": ["b"]}], allowed_fails=0)
        r.completion("a", HI)
        hold(hub, held)
        for call in both("a"):
            sleepless(lambda: call(r))
        assert len(held.requests) == 1 and len(good.requests) == 2
        host = held.host
    # The hold is no failure at any level, and no cooldown.
    total = hub.counted("litellm/a", ok=3, fallback=2)
    assert total["failed"] == 0 and total["attempts"] == 1 and total["errors"] == {}
    for s in ("litellm/a/a1", f"openai/chat@{host}", f"http/{host}"):
        total = hub.counted(s, ok=1, rejected=2)
        assert total["failed"] == 0 and total["errors"] == {}
    hub.counted("litellm/b/b1", ok=2)
    assert hub.heard("breaker", "litellm/a/a1") == []


@pytest.mark.parametrize("deployments", [1, 2])
def test_held_host_without_a_fallback_is_an_api_connection_error(
        hub: Hub, good: Server, deployments: int) -> None:
    ids = [f"d{number}" for number in range(deployments)]
    r = litellm.Router(model_list=[model("a", id_, good.url) for id_ in ids], num_retries=3, allowed_fails=0)
    r.completion("a", HI)
    hold(hub, good)
    for call in [*both("a"), lambda r: litellm.completion("openai/m", HI, api_key="k", api_base=f"{good.url}/v1")]:
        with pytest.raises(litellm.APIConnectionError) as raised:
            sleepless(lambda: call(r))
        for error in (raised.value, pickle.loads(pickle.dumps(raised.value))):
            assert str(error).startswith(f"{good.host} is held by an operator: vendor down until ")
            assert str(error).endswith("Z") and isinstance(error, litellm.APIConnectionError)
    assert len(good.requests) == 1
    total = hub.counted("litellm/a", ok=1, rejected=2)
    assert total["failed"] == 0 and total["errors"] == {}
    for id_ in ids:
        assert hub.total(f"litellm/a/{id_}")["failed"] == 0 and hub.heard("breaker", f"litellm/a/{id_}") == []


def test_deployment_of_a_held_host_is_replaced_by_another_of_its_group(hub: Hub, good: Server) -> None:
    with Server((200, {}, CHAT)) as held:
        r = litellm.Router(model_list=[model("a", "held", held.url), model("a", "good", good.url)], num_retries=1)
        while not held.requests:
            r.completion("a", HI)
        before = len(good.requests)
        hold(hub, held)
        for _ in range(8):
            sleepless(lambda: r.completion("a", HI))
        assert len(held.requests) == 1 and len(good.requests) == before + 8
    assert hub.counted("litellm/a", ok=9 + before)["failed"] == 0


def test_failing_fallback_of_a_held_host_is_a_failure(hub: Hub, bad: Server, good: Server) -> None:
    r = router(model_list=[model("a", "a1", good.url), model("b", "b1", bad.url)], num_retries=0,
               fallbacks=[{"a": ["b"]}], disable_cooldowns=True)
    r.completion("a", HI)
    hold(hub, good)
    with pytest.raises(litellm.APIConnectionError):
        r.completion("a", HI)
    hub.counted("litellm/a", ok=1, rejected=1, failed=0)
    for s in ("litellm/b", "litellm/b/b1", f"openai/chat@{bad.host}", f"http/{bad.host}"):
        assert hub.counted(s, failed=1, rejected=0)["errors"] == {"HTTP 500": 1}
    # The same fallback by the program itself: the second error is that of the second host.
    try:
        r.completion("a", HI, fallbacks=[])
    except litellm.APIConnectionError:
        with pytest.raises(litellm.InternalServerError):
            r.completion("b", HI)


def test_router_without_the_methods_is_reported_once_by_name(hub: Hub, caplog: pytest.LogCaptureFixture) -> None:
    newer = ModuleType("litellm.router")
    newer.Router = type("Router", (), {"make_call": None})  # type: ignore[attr-defined]
    with caplog.at_level(logging.WARNING, "fusebox_agent"):
        litellm_.hook(_api._agent, newer)
    assert len(caplog.records) == 1 and caplog.records[0].levelname == "WARNING"
    assert caplog.messages[0].startswith("litellm 1.") and " is not supported: its Router has no method " in caplog.text
