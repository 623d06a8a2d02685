from __future__ import annotations

import asyncio
import logging
import os
import pickle
import threading
import time
from types import ModuleType
from typing import Any, Callable, Iterator

import pytest
from fusebox_agent import _api
from fusebox_agent.hooks import litellm_
from hub import Hub
from server import CHAT, Server, Stream

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


def both(group: str) -> "list[Callable[[Any], Any]]":
    """The sync and the async call of a group."""
    return [lambda r: r.completion(group, HI), lambda r: asyncio.run(r.acompletion(group, HI))]


def test_retries_are_counted_and_an_operator_limits_them(hub: Hub, bad: Server) -> None:
    r = router(model_list=[model("chat", "eu", bad.url)], num_retries=1, disable_cooldowns=True)
    hub.declared("litellm/chat")
    requests = 0
    for limit in (None, 1, 4):
        if limit is not None:
            assert hub.order("litellm/chat", "set_limit", name="max_attempts", value=limit)["ok"]
        for call in both("chat"):
            with pytest.raises(litellm.InternalServerError):
                call(r)
            requests += limit or 2
            assert len(bad.requests) == requests
    total = hub.counted("litellm/chat", failed=6)
    assert total["attempts"] == requests and total["errors"] == {"HTTP 500": requests}


def test_limit_of_a_fallback_group_applies_to_that_group_only(hub: Hub, bad: Server) -> None:
    r = router(model_list=[model("a", "a1", bad.url), model("b", "b1", bad.url)], num_retries=0,
               fallbacks=[{"a": ["b"]}], disable_cooldowns=True)
    hub.declared("litellm/b")
    assert hub.order("litellm/b", "set_limit", name="max_attempts", value=3)["ok"]
    for call in both("a"):
        with pytest.raises(litellm.InternalServerError):
            call(r)
    hub.counted("litellm/a", failed=2, attempts=2)
    hub.counted("litellm/b", failed=2, attempts=6)


def test_answer_of_another_group_is_reported_as_a_fallback(hub: Hub, good: Server, bad: Server) -> None:
    r = router(model_list=[model("a", "a1", bad.url), model("b", "b1", good.url)], num_retries=0,
               fallbacks=[{"a": ["b"]}], disable_cooldowns=True)
    for call in both("a"):
        call(r)
    hub.counted("litellm/a", ok=2, fallback=2)
    hub.counted("litellm/b", ok=2, fallback=0)
    hub.counted("litellm/a/a1", failed=2)


def test_each_group_in_a_chain_of_fallbacks_is_counted_once(hub: Hub, good: Server, bad: Server) -> None:
    r = router(model_list=[model("a", "a1", bad.url), model("b", "b1", bad.url), model("c", "c1", good.url)],
               num_retries=0, fallbacks=[{"a": ["b", "c"]}], disable_cooldowns=True)
    for call in both("a"):
        call(r)
    hub.counted("litellm/a", ok=2, failed=0, fallback=2)
    # The core in Rust makes c the fallback of b.
    b = hub.counted("litellm/b", attempts=2, errors={"HTTP 500": 2})
    assert (b["failed"], b["fallback"]) in ((2, 0), (0, 2)) and b["ok"] + b["failed"] == 2
    hub.counted("litellm/c", ok=2, failed=0, fallback=0)


def test_cancelled_call_is_neither_a_success_nor_a_failure(hub: Hub, good: Server) -> None:
    release = threading.Event()
    good.script = [(200, {}, Stream(release))]
    r = router(model_list=[model("a", "a1", good.url)], num_retries=2)

    async def main() -> None:
        task = asyncio.ensure_future(r.acompletion("a", HI))
        while not good.requests:
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    release.set()
    for s in ("litellm/a", "litellm/a/a1"):
        assert hub.counted(s, cancelled=1, ok=0, failed=0)["errors"] == {}


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


def test_call_with_num_retries_tries_a_held_host_once(hub: Hub, good: Server) -> None:
    options = {"api_key": "k", "api_base": f"{good.url}/v1", "num_retries": 3}
    litellm.completion("openai/m", HI, **options)
    hold(hub, good)
    calls: "list[Callable[[], Any]]" = [
        lambda: litellm.completion("openai/m", HI, **options),
        lambda: asyncio.run(litellm.acompletion("openai/m", HI, **options)),
    ]
    for call in calls:
        with pytest.raises(litellm.APIConnectionError, match="is held by an operator: vendor down until "):
            sleepless(call)
    assert len(good.requests) == 1
    assert hub.counted(f"http/{good.host}", ok=1, rejected=2)["failed"] == 0


def test_other_host_is_tried_again_while_a_hold_is_handled(hub: Hub, good: Server, bad: Server) -> None:
    options = {"api_key": "k", "num_retries": 2}
    litellm.completion("openai/m", HI, api_base=f"{good.url}/v1", **options)
    hold(hub, good)
    try:
        litellm.completion("openai/m", HI, api_base=f"{good.url}/v1", **options)
    except litellm.APIConnectionError:
        with pytest.raises(litellm.InternalServerError):
            litellm.completion("openai/m", HI, api_base=f"{bad.url}/v1", **options)
    assert len(bad.requests) > 1


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
