"""urllib3, and requests, which uses it."""

from __future__ import annotations

import _thread
import pickle
import socket
import threading
from typing import Any, Callable

import pytest
import requests
import urllib3
from fusebox_agent import _meter
from hub import Hub
from server import Server, Stream
from urllib3.util.retry import Retry

OK = (200, {}, {})
BUSY = (503, {}, {})
LATER = (429, {"retry-after": "0"}, {})


def with_requests(url: str) -> int:
    return requests.get(url).status_code


def with_urllib3(url: str) -> int:
    with urllib3.PoolManager(retries=False) as pool:
        return pool.request("GET", url).status


CLIENTS = pytest.mark.parametrize("get", [with_requests, with_urllib3])


@CLIENTS
def test_requests_of_a_host_are_counted_by_status(hub: Hub, get: Callable[[str], int]) -> None:
    with Server(OK, (404, {}, {}), BUSY, (429, {"retry-after": "7"}, {}), (204, {}, {}), OK) as server:
        assert [get(server.url) for _ in range(6)] == [200, 404, 503, 429, 204, 200]
    s = f"http/{server.host}"
    total = hub.counted(s, ok=4, failed=2)
    assert total["errors"] == {"HTTP 503": 1, "HTTP 429": 1} and total["cancelled"] == 0
    assert hub.declared(s)["target"] == "127.0.0.1"
    messages = {k: v for d in hub.heard("delta", s) for k, v in d.get("messages", {}).items()}
    assert messages == {"HTTP 429": "Retry-After: 7"}


@CLIENTS
def test_unreachable_host_is_a_failure_with_the_name_that_all_clients_use(hub: Hub, get: Any) -> None:
    with Server(OK) as server:
        pass
    with pytest.raises((requests.ConnectionError, urllib3.exceptions.HTTPError)):
        get(server.url)
    assert hub.counted(f"http/{server.host}", failed=1)["errors"] == {"ConnectError": 1}


@CLIENTS
def test_connection_that_the_server_closes_is_a_failure(hub: Hub, get: Any) -> None:
    with Server((0, {}, None)) as server, pytest.raises((requests.ConnectionError, urllib3.exceptions.HTTPError)):
        get(server.url)
    assert hub.counted(f"http/{server.host}", failed=1)["errors"] == {"RemoteProtocolError": 1}


@CLIENTS
def test_body_that_breaks_is_a_failure(hub: Hub, get: Any) -> None:
    with Server((200, {}, Stream(b"first", breaks=True))) as server:
        with pytest.raises((requests.RequestException, urllib3.exceptions.HTTPError)):
            get(server.url)
    total = hub.counted(f"http/{server.host}", failed=1)
    assert total["ok"] == 0 and total["errors"] == {"RemoteProtocolError": 1}


@CLIENTS
def test_redirect_is_a_request_of_its_own(hub: Hub, get: Any) -> None:
    with Server((302, {"location": "/else"}, {}), OK) as server:
        with urllib3.PoolManager() as pool:
            status = pool.request("GET", server.url).status if get is with_urllib3 else get(server.url)
    assert status == 200
    hub.counted(f"http/{server.host}", ok=2, cancelled=0)


@CLIENTS
def test_held_host_fails_at_once_and_goes_on_after_the_hold(hub: Hub, get: Any) -> None:
    with Server(OK) as server:
        get(server.url)
        s = f"http/{server.host}"
        hub.declared(s)
        assert hub.order(s, "open", reason="vendor down")["ok"]
        words = f"{server.host} is held by an operator: vendor down until it is reset"
        kinds = (requests.ConnectionError,) if get is with_requests else (
            urllib3.exceptions.MaxRetryError, urllib3.exceptions.NewConnectionError)
        for kind in kinds:
            with pytest.raises(kind) as raised:
                get(server.url)
            for error in (raised.value, pickle.loads(pickle.dumps(raised.value))):
                assert isinstance(error, kind) and str(error) == words
        assert len(server.requests) == 1
        assert hub.order(s, "half_open")["ok"]
        assert get(server.url) == 200
    assert hub.counted(s, ok=2, rejected=len(kinds))["failed"] == 0
    assert hub.heard("breaker", s)[-1]["to"] == "closed"


def test_log_of_the_library_is_the_same(hub: Hub, caplog: pytest.LogCaptureFixture) -> None:
    with Server(OK) as server, caplog.at_level("DEBUG", "urllib3"), urllib3.PoolManager() as pool:
        pool.request("GET", server.url, retries=2)
    assert [text.partition(" ")[0] for text in caplog.messages] == ["Converted", "Starting", f"{server.url}"]


def session(retries: Any) -> Any:
    client = requests.Session()
    client.mount("http://", requests.adapters.HTTPAdapter(max_retries=retries))
    return client


POLICY = Retry(3, status_forcelist=[503], backoff_factor=0)


def test_retries_are_one_call_with_its_attempts(hub: Hub) -> None:
    with Server(BUSY, LATER, OK) as server:
        assert session(POLICY).get(server.url).status_code == 200
    s = f"urllib3/{server.host}"
    assert hub.counted(s, ok=1, attempts=3)["errors"] == {"HTTP 503": 1, "HTTP 429": 1}
    hub.counted(f"http/{server.host}", ok=1, failed=2)
    assert hub.declared(s)["limits"][0]["value"] == 4


def test_exhausted_retries_are_a_failure_by_the_last_status(hub: Hub) -> None:
    with Server(BUSY) as server, pytest.raises(requests.exceptions.RetryError):
        session(POLICY).get(server.url)
    assert hub.counted(f"urllib3/{server.host}", failed=1, attempts=4)["errors"] == {"HTTP 503": 4}
    assert hub.counted(f"http/{server.host}", failed=4)["errors"] == {"HTTP 503": 4}
    with pytest.raises(requests.ConnectionError):
        session(POLICY).get(server.url)
    assert hub.counted(f"urllib3/{server.host}", failed=2, attempts=8)["errors"]["ConnectError"] == 4


def test_operators_limit_of_attempts_counts_no_redirects(hub: Hub) -> None:
    with Server(BUSY) as server:
        with pytest.raises(requests.exceptions.RetryError):
            session(POLICY).get(server.url)
        s = f"urllib3/{server.host}"
        hub.declared(s)
        for attempts, asked in ((2, 6), (1, 7), (6, 13)):
            assert hub.order(s, "set_limit", name="max_attempts", value=attempts)["ok"]
            with pytest.raises(requests.exceptions.RetryError):
                session(POLICY).get(server.url)
            assert len(server.requests) == asked
        assert hub.order(s, "set_limit", name="max_attempts", value=2)["ok"]
        server.script[:] = [BUSY, (302, {"location": "/else"}, {}), OK]
        with urllib3.PoolManager(retries=POLICY) as pool:
            assert pool.request("GET", server.url).status == 200


def test_hold_during_the_retries_ends_the_call(hub: Hub) -> None:
    waits = threading.Event()

    class Slow(Retry):
        def sleep(self, response: Any = None) -> None:
            waits.set()
            hub.wait(lambda: [line for line in hub.heard("breaker") if line["to"] == "forced_open"])
            super().sleep(response)

    with Server(BUSY) as server:
        errors = []

        def call() -> None:
            try:
                session(Slow(3, status_forcelist=[503], backoff_factor=0)).get(server.url)
            except requests.ConnectionError as error:
                errors.append(str(error))

        thread = threading.Thread(target=call)
        thread.start()
        assert waits.wait(10)
        hub.declared(f"http/{server.host}")
        assert hub.order(f"http/{server.host}", "open")["ok"]
        thread.join(10)
        assert errors == [f"{server.host} is held by an operator until it is reset"] and len(server.requests) == 1
    hub.counted(f"urllib3/{server.host}", failed=1, attempts=1)
    hub.counted(f"http/{server.host}", failed=1, rejected=1)


def test_stream_lasts_until_its_last_byte(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_meter, "STALL", 0.1)
    middle = threading.Event()
    with Server((200, {}, Stream(b"first", middle, b"last"))) as server:
        s = f"http/{server.host}"
        with requests.get(server.url, stream=True) as response:
            parts = response.iter_content(5)
            assert next(parts) == b"first"
            hub.wait(lambda: [d for d in hub.heard("delta", s) if d["in_flight"] == 1])
            hub.wait(lambda: [d for d in hub.heard("delta", s) if d["waiting"] == 1])
            middle.set()
            assert b"".join(parts) == b"last"
    hub.counted(s, ok=1)
    delta = next(d for d in hub.heard("delta", s) if d["ok"])
    assert delta["stream"]["first_byte"][0][0] < delta["latency"][0][0]


def test_stream_that_the_program_leaves_is_a_cancellation(hub: Hub) -> None:
    never = threading.Event()
    with Server((200, {}, Stream(b"first", never))) as server:
        with requests.get(server.url, stream=True) as response:
            next(response.iter_content(5))
        requests.get(server.url, stream=True).close()
        total = hub.counted(f"http/{server.host}", cancelled=2)
        never.set()
    assert total["ok"] == total["failed"] == 0


@pytest.mark.parametrize("size", [1, None])
def test_stream_that_is_closed_after_its_last_event_is_a_success(hub: Hub, size: Any) -> None:
    never = threading.Event()
    with Server((200, {}, Stream(b"data: {}\n\n", b"data: [DONE]\n\n", never))) as server:
        with requests.get(server.url, stream=True) as response:
            assert b"data: [DONE]" in response.iter_lines(chunk_size=size)
        hub.counted(f"http/{server.host}", ok=1, cancelled=0)
        never.set()


def test_error_status_whose_body_the_program_leaves_is_a_failure(hub: Hub) -> None:
    never = threading.Event()
    with Server((503, {}, Stream(b"first", never))) as server:
        with requests.get(server.url, stream=True) as response:
            next(response.iter_content(5))
        assert hub.counted(f"http/{server.host}", failed=1, cancelled=0)["errors"] == {"HTTP 503": 1}
        never.set()


def test_stream_whose_next_chunk_has_come_is_no_longer_waiting(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_meter, "STALL", 0.3)
    middle, never = threading.Event(), threading.Event()
    with Server((200, {}, Stream(b"first", middle, b"next", never))) as server:
        s = f"http/{server.host}"
        with requests.get(server.url, stream=True) as response:
            parts = response.iter_content(None)
            assert next(parts) == b"first"
            hub.wait(lambda: [d for d in hub.heard("delta", s) if d["waiting"] == 1])
            middle.set()
            assert next(parts) == b"next"
            hub.wait(lambda: hub.heard("delta", s)[-1]["waiting"] == 0)
        never.set()


@pytest.mark.parametrize("method, head", [
    ("HEAD", b"200 OK\r\nContent-Length: 5"), ("GET", b"204 No Content"), ("GET", b"200 OK\r\nContent-Length: 0")])
def test_answer_without_a_body_is_whole_before_it_is_read(hub: Hub, method: str, head: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        def answer() -> None:
            peer, _ = server.accept()
            with peer:
                peer.recv(65_536)
                peer.sendall(b"HTTP/1.1 " + head + b"\r\n\r\n")
                peer.recv(1)

        threading.Thread(target=answer, daemon=True).start()
        host = f"127.0.0.1:{server.getsockname()[1]}"
        requests.request(method, f"http://{host}", stream=True).close()
    hub.counted(f"http/{host}", ok=1, cancelled=0)


def test_response_is_closed_where_no_python_code_calls(hub: Hub) -> None:
    never = threading.Event()
    with Server((200, {}, Stream(b"first", never))) as server, urllib3.PoolManager() as pool:
        response = pool.request("GET", server.url, preload_content=False)
        _thread.start_new_thread(response.close, ())
        hub.counted(f"http/{server.host}", cancelled=1)
        hub.poll(lambda: response.closed)
        never.set()


def test_retry_after_is_sent_within_256_bytes(hub: Hub) -> None:
    with Server((429, {"retry-after": "\xff" * 300}, {})) as server:
        with_urllib3(server.url)
    hub.counted(f"http/{server.host}", failed=1)
    message = next(d["messages"]["HTTP 429"] for d in hub.heard("delta") if "messages" in d)
    assert message.startswith("Retry-After: \xff") and len(message.encode()) <= 256


def test_request_within_the_body_of_another_is_a_call_of_its_own(hub: Hub) -> None:
    with Server(OK) as server, urllib3.PoolManager() as pool:
        def body() -> Any:
            assert pool.request("GET", server.url).status == 200
            yield b"x"

        # The server reads no chunked body; it answers to the headers.
        pool.request("POST", server.url, body=body(), preload_content=False).read()
    hub.counted(f"http/{server.host}", ok=2)
    hub.counted(f"urllib3/{server.host}", ok=2, attempts=2)


def test_host_behind_a_proxy_is_held_before_the_proxy_is_asked(hub: Hub) -> None:
    with Server(OK) as proxy:
        with urllib3.ProxyManager(proxy.url, retries=False) as pool:
            assert pool.request("GET", "http://far.example/").status == 200
            assert pool.request("GET", "http://far.example/", retries=2).status == 200
            hub.declared("http/far.example")
            hub.counted("urllib3/far.example", ok=1)
            hub.counted("http/far.example", ok=2)
            for host in ("http/far.example", "http/secure.example"):
                if host == "http/secure.example":
                    with pytest.raises(urllib3.exceptions.HTTPError):
                        pool.request("GET", "https://secure.example/")
                    hub.counted(host, failed=1)
                hub.declared(host)
                assert hub.order(host, "open")["ok"]
            asked = len(proxy.requests)
            for url in ("http://far.example/", "https://secure.example/"):
                with pytest.raises(urllib3.exceptions.NewConnectionError, match="held by an operator"):
                    pool.request("GET", url)
            assert len(proxy.requests) == asked
