"""httpx, httpx2, and the clients of openai and anthropic that use them."""

from __future__ import annotations

import asyncio
import importlib
import pickle
import sys
import time
from typing import Any, Callable

import anthropic
import fusebox_agent
import openai
import pytest
from fusebox_agent import _api
from hub import Hub
from server import CHAT, MESSAGE, Server

OK = (200, {}, {})
BUSY = (503, {}, {})
LATER = (429, {"retry-after": "0.01"}, {})
NEWER = pytest.mark.skipif(sys.version_info < (3, 10), reason="httpx2 is for Python 3.10 and newer")


@pytest.fixture(params=["httpx", pytest.param("httpx2", marks=NEWER)])
def httpx(request: Any) -> Any:
    return importlib.import_module(request.param)


def test_each_host_is_a_strategy_and_statuses_are_outcomes(hub: Hub, httpx: Any) -> None:
    with Server(OK, (404, {}, {}), BUSY, LATER, (302, {"location": "/else"}, {}), OK) as server:
        with httpx.Client(follow_redirects=True) as client:
            for _ in range(5):
                client.get(server.url)
    s = f"http/{server.host}"
    total = hub.counted(s, ok=4, failed=2)
    assert total["errors"] == {"HTTP 503": 1, "HTTP 429": 1}
    assert hub.declared(s)["target"] == "127.0.0.1"
    messages = {k: v for d in hub.heard("delta", s) for k, v in d.get("messages", {}).items()}
    assert messages == {"HTTP 429": "Retry-After: 0.01"}


def test_transport_errors_are_failures_counted_by_type(hub: Hub, httpx: Any) -> None:
    with Server(OK) as server:
        pass
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.url)
    assert hub.counted(f"http/{server.host}", failed=1)["errors"] == {"ConnectError": 1}


def test_raised_status_error_is_counted_by_its_status(hub: Hub, httpx: Any) -> None:
    with Server(BUSY) as server, pytest.raises(httpx.HTTPStatusError), fusebox_agent.call("c"):
        httpx.get(server.url).raise_for_status()
    assert hub.counted("c", failed=1)["errors"] == {"HTTP 503": 1}


def test_async_client_is_counted_and_can_be_cancelled(hub: Hub, httpx: Any) -> None:
    async def main(url: str) -> None:
        async with httpx.AsyncClient() as client:
            await client.get(url)
            task = asyncio.ensure_future(client.get("http://127.0.0.1:9"))
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    with Server(OK) as server:
        asyncio.run(main(server.url))
    hub.counted(f"http/{server.host}", ok=1)


def test_held_host_fails_at_once_with_a_connect_error(hub: Hub, httpx: Any) -> None:
    with Server(OK) as server, httpx.Client() as client:
        client.get(server.url)
        s = f"http/{server.host}"
        hub.declared(s)
        assert hub.order(s, "open", reason="vendor down")["ok"]
        words = f"{server.host} is held by an operator: vendor down until it is reset"
        with pytest.raises(httpx.ConnectError) as raised:
            client.get(server.url)
        copy = pickle.loads(pickle.dumps(raised.value))
        for error in (raised.value, copy):
            assert isinstance(error, httpx.ConnectError) and str(error) == words
        assert raised.value.request is not None and not hasattr(httpx, "HostHeld")
        assert len(server.requests) == 1
        assert hub.order(s, "half_open")["ok"]
        assert client.get(server.url).status_code == 200
    hub.counted(s, ok=2, rejected=1)
    assert hub.heard("breaker", s)[-1]["to"] == "closed"


def test_probe_whose_body_is_there_already_ends_the_hold(hub: Hub, httpx: Any) -> None:
    statuses = [200, 503, 200]
    transport = httpx.MockTransport(lambda request: httpx.Response(statuses.pop(0)))
    with httpx.Client(transport=transport) as client:
        client.get("http://probed/")
        hub.declared("http/probed")
        assert hub.order("http/probed", "half_open")["ok"]
        client.get("http://probed/")
        assert hub.heard("breaker", "http/probed")[-1]["to"] == "half_open"
        client.get("http://probed/")
    hub.counted("http/probed", ok=2, failed=1)
    hub.wait(lambda: hub.heard("breaker", "http/probed")[-1]["to"] == "closed")


def test_hosts_are_told_apart_by_their_port_and_not_by_their_user(hub: Hub, httpx: Any) -> None:
    with httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(200))) as client:
        for address in ("http://[::1]:81", "http://me:secret@one", "https://one:443", "http://ONE:81", "http://one"):
            client.get(address)
    hub.counted("http/one", ok=3)
    hub.counted("http/one:81", ok=1)
    hub.counted("http/[::1]:81", ok=1)


def of_openai(url: str, retries: int) -> Callable[[], Any]:
    client = openai.OpenAI(api_key="k", base_url=f"{url}/v1", max_retries=retries)
    return lambda: client.chat.completions.create(model="m", messages=[{"role": "user", "content": "hi"}])


def of_openai_async(url: str, retries: int) -> Callable[[], Any]:
    async def create() -> Any:
        async with openai.AsyncOpenAI(api_key="k", base_url=f"{url}/v1", max_retries=retries) as client:
            return await client.chat.completions.create(model="m", messages=[{"role": "user", "content": "hi"}])

    return lambda: asyncio.run(create())


def of_anthropic(url: str, retries: int) -> Callable[[], Any]:
    client = anthropic.Anthropic(api_key="k", base_url=url, max_retries=retries)
    return lambda: client.messages.create(model="m", max_tokens=9, messages=[{"role": "user", "content": "hi"}])


def of_anthropic_async(url: str, retries: int) -> Callable[[], Any]:
    async def create() -> Any:
        async with anthropic.AsyncAnthropic(api_key="k", base_url=url, max_retries=retries) as client:
            return await client.messages.create(model="m", max_tokens=9, messages=[{"role": "user", "content": "hi"}])

    return lambda: asyncio.run(create())


CLIENTS = pytest.mark.parametrize("make, s, body", [
    (of_openai, "openai/chat", CHAT), (of_openai_async, "openai/chat", CHAT),
    (of_anthropic, "anthropic/messages", MESSAGE), (of_anthropic_async, "anthropic/messages", MESSAGE),
], ids=lambda value: getattr(value, "__name__", ""))


@CLIENTS
def test_client_retries_and_host_requests_are_counted(hub: Hub, make: Any, s: str, body: Any) -> None:
    with Server(LATER, (503, {"retry-after": "0.01"}, {}), (200, {}, body)) as server:
        make(server.url, 4)()
    s = f"{s}@{server.host}"
    total = hub.counted(s, ok=1)
    assert total["attempts"] == 3 and total["errors"] == {"HTTP 429": 1, "HTTP 503": 1}
    assert hub.declared(s)["target"] == "127.0.0.1" and hub.declared(s)["limits"][0]["value"] == 5
    # A host counts each request, with the retry number in its header.
    assert hub.counted(f"http/{server.host}", ok=1, failed=2)["retries"] == {"0": 1, "1": 1, "2": 1}


@CLIENTS
def test_operator_sets_max_retries(hub: Hub, make: Any, s: str, body: Any) -> None:
    with Server(LATER) as server:
        s = f"{s}@{server.host}"
        create = make(server.url, 3)
        with pytest.raises(Exception):
            create()
        assert len(server.requests) == 4
        hub.declared(s)
        assert hub.order(s, "set_limit", name="max_attempts", value=2)["ok"]
        with pytest.raises(Exception):
            create()
        assert len(server.requests) == 6
        assert hub.order(s, "set_limit", name="max_attempts", auto=True)["ok"]
    total = hub.counted(s, failed=2)
    assert total["attempts"] == 6 and total["errors"] == {"HTTP 429": 6}


@CLIENTS
def test_held_host_stops_every_client_of_that_host_without_a_retry(hub: Hub, make: Any, s: str, body: Any) -> None:
    with Server((200, {}, body)) as server:
        s = f"{s}@{server.host}"
        create = make(server.url, 4)
        create()
        host = f"http/{server.host}"
        hub.declared(host)
        assert hub.order(host, "open", reason="vendor down", for_ms=60_000)["ok"]
        start = time.monotonic()
        with pytest.raises((openai.APIConnectionError, anthropic.APIConnectionError)) as raised:
            create()
        assert time.monotonic() - start < 0.4  # A retry waits at least half a second.
        words = f"{server.host} is held by an operator: vendor down until "
        for error in (raised.value, pickle.loads(pickle.dumps(raised.value))):
            assert str(error).startswith(words) and str(error).endswith("Z")
            assert isinstance(error, (openai.APIConnectionError, anthropic.APIConnectionError))
        assert hub.order(host, "reset")["ok"]
        create()
        assert len(server.requests) == 2
    # The hold is no failure at any level.
    total = hub.counted(s, ok=2, rejected=1)
    assert total["failed"] == 0 and total["errors"] == {}
    total = hub.counted(host, ok=2, rejected=1)
    assert total["failed"] == 0 and total["errors"] == {}


@CLIENTS
def test_other_host_that_fails_while_a_hold_is_handled_is_a_failure(hub: Hub, make: Any, s: str, body: Any) -> None:
    with Server((200, {}, body)) as held, Server(OK) as other:
        make(held.url, 0)()
        hub.declared(f"http/{held.host}")
        assert hub.order(f"http/{held.host}", "open")["ok"]
        other.close()
        try:
            make(held.url, 0)()
        except Exception:
            with pytest.raises(Exception) as raised:
                make(other.url, 0)()
    assert "held by an operator" not in str(raised.value)
    for name in (f"{s}@{other.host}", f"http/{other.host}"):
        assert hub.counted(name, failed=1, rejected=0)["errors"] == {"ConnectError": 1}


def test_clients_of_two_base_urls_are_two_strategies_and_the_largest_limit_is_shown(hub: Hub) -> None:
    with Server((200, {}, CHAT)) as one, Server((200, {}, CHAT)) as other:
        for url, retries in ((one.url, 0), (one.url, 4), (one.url, 2), (other.url, 1)):
            of_openai(url, retries)()
    hub.counted(f"openai/chat@{one.host}", ok=3)
    hub.counted(f"openai/chat@{other.host}", ok=1)
    assert _api._agent.strategies[f"openai/chat@{one.host}"].limits["max_attempts"].value == 5
    assert hub.declared(f"openai/chat@{other.host}")["limits"][0]["value"] == 2


def test_one_cause_has_one_error_name(hub: Hub, httpx: Any) -> None:
    with Server(OK) as server:
        pass
    for make in (of_openai, of_openai_async, of_anthropic, of_anthropic_async):
        with pytest.raises(Exception):
            make(server.url, 0)()
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.url)
    for s in (f"openai/chat@{server.host}", f"anthropic/messages@{server.host}"):
        assert hub.counted(s, failed=2)["errors"] == {"ConnectError": 2}
    assert hub.counted(f"http/{server.host}", failed=5)["errors"] == {"ConnectError": 5}


def test_transport_of_each_client_is_hooked() -> None:
    # Newer clients use httpx2; the one in use must be hooked.
    for library in (openai, anthropic):
        base = library.DefaultHttpxClient.__mro__
        assert {cls.__module__.partition(".")[0] for cls in base} & {"httpx", "httpx2"}
    assert importlib.util.find_spec("httpx") is not None
