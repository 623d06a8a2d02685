"""aiohttp: requests, streams, holds, websockets, proxies and Unix sockets."""

from __future__ import annotations

import asyncio
import pickle
import socket
import sys
import threading
from typing import Any, Awaitable, Callable, Optional

import aiohttp
import fusebox_agent
import httpx
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver
from fusebox_agent import _meter
from fusebox_agent._gate import HeldByOperator
from hub import Hub
from server import Server, Stream

OK = (200, {}, {})
BUSY = (503, {}, {})
LATER = (429, {"retry-after": "0.01"}, {})


def run(use: Callable[[aiohttp.ClientSession], Awaitable[Any]], **settings: Any) -> Any:
    """Runs a coroutine function with a session."""
    async def main() -> Any:
        async with aiohttp.ClientSession(**settings) as session:
            return await use(session)

    return asyncio.run(main())


async def read(session: aiohttp.ClientSession, url: str, **settings: Any) -> bytes:
    async with session.get(url, **settings) as response:
        return await response.read()


def get(url: str, **settings: Any) -> bytes:
    return run(lambda session: read(session, url, **settings))


async def order(hub: Hub, s: str, do: str = "open", **more: Any) -> None:
    """Sends a command while the event loop goes on."""
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(None, lambda: (hub.declared(s), hub.order(s, do, **more)))


def test_each_host_is_a_strategy_and_statuses_are_outcomes(hub: Hub) -> None:
    async def use(session: aiohttp.ClientSession) -> None:
        for _ in range(5):
            await read(session, server.url)

    with Server(OK, (404, {}, {}), BUSY, LATER, (302, {"location": "/else"}, {}), OK) as server:
        run(use)
    s = f"http/{server.host}"
    total = hub.counted(s, ok=4, failed=2)
    assert total["errors"] == {"HTTP 503": 1, "HTTP 429": 1}
    assert hub.declared(s)["target"] == "127.0.0.1"
    messages = {k: v for d in hub.heard("delta", s) for k, v in d.get("messages", {}).items()}
    assert messages == {"HTTP 429": "Retry-After: 0.01"}


def test_transport_errors_are_failures_counted_by_type(hub: Hub) -> None:
    with Server(OK) as server:
        pass
    with pytest.raises(aiohttp.ClientConnectorError):
        get(server.url)
    assert hub.counted(f"http/{server.host}", failed=1)["errors"] == {"ConnectError": 1}


def read_answer(answer: bytes) -> str:
    """Reads an answer from a server that sends these bytes. Returns the server's host."""
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)

    async def main() -> str:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with aiohttp.ClientSession() as session:
            await read(session, f"http://{host}")
        server.close()
        return host

    return asyncio.run(main())


@pytest.mark.parametrize("status, outcome", [(0, "ok"), (99, "ok"), (999, "failed")])
def test_status_out_of_range_is_one_call(hub: Hub, status: int, outcome: str) -> None:
    host = read_answer(b"HTTP/1.1 %03d Odd\r\nContent-Length: 2\r\n\r\nhi" % status)
    hub.counted(f"http/{host}", **{"cancelled": 0, outcome: 1})


def test_retry_after_that_is_not_utf_8_is_sent_as_text(hub: Hub) -> None:
    host = read_answer(b"HTTP/1.1 429 Later\r\nRetry-After: \xff\r\nContent-Length: 0\r\n\r\n")
    hub.counted(f"http/{host}", failed=1)
    assert [d["messages"] for d in hub.heard("delta") if "messages" in d] == [{"HTTP 429": "Retry-After: ?"}]


def test_raised_status_error_is_counted_by_its_status(hub: Hub) -> None:
    with Server(BUSY) as server, pytest.raises(aiohttp.ClientResponseError), fusebox_agent.call("c"):
        get(server.url, raise_for_status=True)
    assert hub.counted("c", failed=1)["errors"] == {"HTTP 503": 1}


def test_time_outs_of_the_client_are_failures(hub: Hub) -> None:
    never = threading.Event()
    with Server((200, {}, Stream(never))) as headers, Server((200, {}, Stream(b"first", never))) as body:
        for timeout in (aiohttp.ClientTimeout(total=0.05), aiohttp.ClientTimeout(sock_read=0.05)):
            for server in (headers, body):
                with pytest.raises(asyncio.TimeoutError):
                    get(server.url, timeout=timeout)
        never.set()
    for server in (headers, body):
        errors = hub.counted(f"http/{server.host}", failed=2, cancelled=0)["errors"]
        assert errors == {"TimeoutError": 1, "ReadTimeout": 1}


def test_time_outs_of_a_connection_are_failures(hub: Hub) -> None:
    class Slow(AbstractResolver):
        async def resolve(self, host: str, port: int = 0, family: Any = socket.AF_INET) -> Any:
            await asyncio.Event().wait()

        async def close(self) -> None:
            pass

    async def main() -> None:
        for timeout in (aiohttp.ClientTimeout(total=0.05), aiohttp.ClientTimeout(connect=0.05)):
            async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=Slow())) as session:
                with pytest.raises(asyncio.TimeoutError):
                    await read(session, "http://slow/", timeout=timeout)

    asyncio.run(main())
    errors = hub.counted("http/slow", failed=2, cancelled=0)["errors"]
    assert errors == {"TimeoutError": 1, "ConnectionTimeoutError": 1}


def test_cancellation_by_the_program_is_neither_success_nor_failure(hub: Hub) -> None:
    async def use(session: aiohttp.ClientSession) -> None:
        for server in (headers, body):
            s = f"http/{server.host}"
            task = asyncio.ensure_future(read(session, server.url))
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(
                None, hub.wait, lambda: [d for d in hub.heard("delta", s) if d["in_flight"] == 1])
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    never = threading.Event()
    with Server((200, {}, Stream(never))) as headers, Server((200, {}, Stream(b"first", never))) as body:
        run(use)
        never.set()
    for server in (headers, body):
        assert hub.counted(f"http/{server.host}", cancelled=1, ok=0, failed=0)["errors"] == {}


@pytest.mark.skipif(sys.version_info < (3, 11), reason="asyncio.timeout is for Python 3.11 and newer")
def test_time_out_around_a_call_is_a_failure(hub: Hub) -> None:
    async def use(session: aiohttp.ClientSession) -> None:
        for server in (headers, body):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await read(session, server.url)

    never = threading.Event()
    with Server((200, {}, Stream(never))) as headers, Server((200, {}, Stream(b"first", never))) as body:
        run(use)
        never.set()
    for server in (headers, body):
        assert hub.counted(f"http/{server.host}", failed=1, cancelled=0)["errors"] == {"TimeoutError": 1}


def test_held_host_fails_at_once_with_a_connector_error(hub: Hub) -> None:
    async def use(session: aiohttp.ClientSession) -> None:
        await read(session, server.url)
        await order(hub, s, reason="vendor down")
        with pytest.raises(aiohttp.ClientConnectorError) as raised:
            await read(session, server.url)
        words = f"{server.host} is held by an operator: vendor down until it is reset"
        for error in (raised.value, pickle.loads(pickle.dumps(raised.value))):
            assert isinstance(error, aiohttp.ClientConnectorError) and str(error) == words
            assert isinstance(error, HeldByOperator)
            assert (error.host, error.port) == ("127.0.0.1", int(server.host.rpartition(":")[2]))
        assert not hasattr(aiohttp, "HostHeld")
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.ws_connect(server.url.replace("http:", "ws:"))
        assert len(server.requests) == 1
        await order(hub, s, "half_open")
        await read(session, server.url)

    with Server(OK) as server:
        s = f"http/{server.host}"
        run(use)
    hub.counted(s, ok=2, rejected=2, failed=0)
    hub.wait(lambda: hub.heard("breaker", s)[-1]["to"] == "closed")


def test_error_of_a_hold_pickles_with_a_context_of_tls(hub: Hub) -> None:
    import ssl

    async def use(session: aiohttp.ClientSession) -> None:
        url = "https://127.0.0.1:9/"
        with pytest.raises(aiohttp.ClientConnectorError):
            await read(session, url, ssl=ssl.create_default_context())
        await order(hub, "http/127.0.0.1:9")
        with pytest.raises(aiohttp.ClientConnectorError) as raised:
            await read(session, url, ssl=ssl.create_default_context())
        assert str(pickle.loads(pickle.dumps(raised.value))) == "127.0.0.1:9 is held by an operator until it is reset"

    run(use)
    hub.counted("http/127.0.0.1:9", failed=1, rejected=1)


def test_hold_counts_as_rejected_in_the_calls_around_it(hub: Hub) -> None:
    async def use(session: aiohttp.ClientSession) -> None:
        await read(session, server.url)
        await order(hub, f"http/{server.host}")
        with pytest.raises(aiohttp.ClientError), fusebox_agent.call("c"):
            await read(session, server.url)

    with Server(OK) as server:
        run(use)
    hub.counted("c", rejected=1, failed=0)


def test_other_host_that_fails_while_a_hold_is_handled_is_a_failure(hub: Hub) -> None:
    async def use(session: aiohttp.ClientSession) -> None:
        await read(session, held.url)
        await order(hub, f"http/{held.host}")
        try:
            await read(session, held.url)
        except aiohttp.ClientError:
            with pytest.raises(aiohttp.ClientError):
                await read(session, other.url)

    with Server(OK) as other:
        pass
    with Server(OK) as held:
        run(use)
    assert hub.counted(f"http/{other.host}", failed=1, rejected=0)["errors"] == {"ConnectError": 1}


def test_hosts_are_told_apart_by_their_port_and_not_by_their_user(hub: Hub) -> None:
    class Closed(AbstractResolver):
        async def resolve(self, host: str, port: int = 0, family: Any = socket.AF_INET) -> Any:
            raise OSError("no address")

        async def close(self) -> None:
            pass

    async def main() -> None:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=Closed())) as session:
            for url in ("http://me:secret@one", "https://one:443", "http://ONE:81", "http://one", "ws://one"):
                with pytest.raises(aiohttp.ClientError):
                    await read(session, url)
            with pytest.raises(aiohttp.ClientError):
                await read(session, "http://[::1]:9")

    asyncio.run(main())
    hub.counted("http/one", failed=4)
    hub.counted("http/one:81", failed=1)
    hub.counted("http/[::1]:9", failed=1)


def test_whole_stream_is_a_success_and_a_broken_one_a_failure(hub: Hub) -> None:
    with Server((200, {}, Stream(b"first", b"last"))) as whole:
        assert get(whole.url) == b"firstlast"
    with Server((200, {}, Stream(b"first", breaks=True))) as broken:
        with pytest.raises(aiohttp.ClientPayloadError):
            get(broken.url)
    hub.counted(f"http/{whole.host}", ok=1, failed=0, cancelled=0)
    assert hub.counted(f"http/{broken.host}", failed=1, ok=0)["errors"] == {"RemoteProtocolError": 1}


def test_abandoned_stream_is_a_cancellation(hub: Hub) -> None:
    async def use(session: aiohttp.ClientSession) -> None:
        async with session.get(server.url) as response:
            assert await response.content.readany() == b"first"
        with pytest.raises(KeyError):
            async with session.get(server.url) as response:
                raise KeyError
        try:
            raise aiohttp.ClientError("an error that the program handles")
        except aiohttp.ClientError:
            (await session.get(server.url)).close()

    never = threading.Event()
    with Server((200, {}, Stream(b"first", never))) as server:
        run(use)
        never.set()
    hub.counted(f"http/{server.host}", cancelled=3, ok=0, failed=0)


def test_session_that_is_closed_while_an_error_of_the_program_is_handled_cancels_its_requests(hub: Hub) -> None:
    async def main() -> None:
        asked = asyncio.Event()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            asked.set()
            await reader.read()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        hosts.append(f"127.0.0.1:{server.sockets[0].getsockname()[1]}")
        session = aiohttp.ClientSession()
        task = asyncio.ensure_future(session.post(f"http://{hosts[0]}"))
        await asked.wait()
        try:
            raise KeyError
        except KeyError:
            await session.close()
        with pytest.raises(aiohttp.ClientError):
            await task
        server.close()

    hosts: Any = []
    asyncio.run(main())
    assert hub.counted(f"http/{hosts[0]}", cancelled=1, failed=0)["errors"] == {}


def test_stream_that_is_closed_after_its_last_event_is_a_success(hub: Hub) -> None:
    async def use(session: aiohttp.ClientSession) -> None:
        async with session.get(server.url) as response:
            async for line in response.content:
                if line == b"data: [DONE]\n":
                    break

    never = threading.Event()
    with Server((200, {}, Stream(b"data: {}\n\n", b"data: [DONE]\n\n", never))) as server:
        run(use)
        never.set()
    hub.counted(f"http/{server.host}", ok=1, cancelled=0)


def test_unread_body_of_an_error_status_or_a_redirect_is_whole(hub: Hub) -> None:
    async def use(session: aiohttp.ClientSession) -> None:
        for _ in range(2):
            with pytest.raises(aiohttp.ClientResponseError):
                await session.get(server.url, raise_for_status=True, allow_redirects=False, max_redirects=1)
            async with session.get(server.url, allow_redirects=False):
                pass

    never = threading.Event()
    busy, moved = (503, {}, Stream(b"busy", never)), (307, {"location": "/else"}, Stream(b"moved", never))
    with Server(busy, moved, busy, moved) as server:
        run(use)
        never.set()
    assert hub.counted(f"http/{server.host}", failed=2, ok=2, cancelled=0)["errors"] == {"HTTP 503": 2}


def test_first_and_last_byte_are_told_apart(hub: Hub) -> None:
    async def use(session: aiohttp.ClientSession) -> None:
        async with session.get(server.url) as response:
            assert await response.content.readany() == b"first"
            # Until the last byte, the call is in flight.
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(
                None, hub.wait, lambda: [d for d in hub.heard("delta", s) if d["in_flight"] == 1])
            middle.set()
            assert await response.read() == b"last"

    middle = threading.Event()
    with Server((200, {}, Stream(b"first", middle, b"last"))) as server:
        s = f"http/{server.host}"
        run(use)
    hub.counted(s, ok=1)
    delta = next(d for d in hub.heard("delta", s) if d["ok"])
    assert delta["stream"]["first_byte"][0][0] < delta["latency"][0][0]


def test_stalled_stream_is_reported_as_waiting(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    async def use(session: aiohttp.ClientSession) -> None:
        async with session.get(server.url) as response:
            await response.content.readany()
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(
                None, hub.wait, lambda: [d for d in hub.heard("delta", s) if d["waiting"] == 1])
            middle.set()
            await response.read()

    monkeypatch.setattr(_meter, "STALL", 0.1)
    middle = threading.Event()
    with Server((200, {}, Stream(b"first", middle, b"last"))) as server:
        s = f"http/{server.host}"
        run(use)
    hub.counted(s, ok=1)


def test_lost_connection_and_its_retry_are_two_calls(hub: Hub) -> None:
    async def main() -> None:
        count = 0

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal count
            count += 1
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
            if count == 1:
                await reader.readuntil(b"\r\n\r\n")  # The connection is lost when the second request has come.
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        ports.append(port)
        async with aiohttp.ClientSession() as session:
            assert await read(session, f"http://127.0.0.1:{port}") == b"hi"
            assert await read(session, f"http://127.0.0.1:{port}") == b"hi"
        assert count == 2
        server.close()

    ports: Any = []
    asyncio.run(main())
    total = hub.counted(f"http/127.0.0.1:{ports[0]}", ok=2, failed=1)
    assert total["errors"] == {"RemoteProtocolError": 1}


async def serving(answer: Any, use: Callable[[str], Awaitable[None]], path: Optional[str] = None) -> str:
    """Runs a coroutine function with the host of a server of aiohttp. Returns the host."""
    app = web.Application()
    app.router.add_route("*", "/", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site: Any = web.UnixSite(runner, path) if path else web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host = "unix" if path else f"127.0.0.1:{site._server.sockets[0].getsockname()[1]}"
    try:
        await use(host)
    finally:
        await runner.cleanup()
    return host


def test_bodies_of_all_kinds_end_their_calls(hub: Hub) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.method in ("PUT", "HEAD"):
            return web.Response(status=204 if request.method == "PUT" else 200)
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"first")
        await request.read()
        await response.write(b"last")
        return response

    async def use(host: str) -> None:
        async with aiohttp.ClientSession() as session:
            for method, data, body in (
                ("PUT", None, b""), ("HEAD", None, b""), ("GET", None, b"firstlast"),
                ("POST", b"x" * 1_000_000, b"firstlast"),
            ):
                async with session.request(method, f"http://{host}/", data=data) as response:
                    assert await response.read() == body

    host = asyncio.run(serving(answer, use))
    hub.counted(f"http/{host}", ok=4, failed=0, cancelled=0)


def test_body_without_a_length_ends_with_its_connection(hub: Hub) -> None:
    async def main() -> str:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\n\r\nfirst")
            await until.wait()
            writer.write(b"last")
            writer.close()

        until = asyncio.Event()
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with aiohttp.ClientSession() as session, session.get(f"http://{host}") as response:
            assert await response.content.readany() == b"first"
            until.set()
            assert await response.read() == b"last"
        server.close()
        return host

    hub.counted(f"http/{asyncio.run(main())}", ok=1, failed=0, cancelled=0)


def test_websocket_is_one_call_until_it_is_open(hub: Hub) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            await socket.send_str(message.data + "!")
        return socket

    async def use(host: str) -> None:
        async with aiohttp.ClientSession() as session:
            async with session.ws_connect(f"ws://{host}/") as opened:
                loop = asyncio.get_running_loop()
                await loop.run_in_executor(None, lambda: hub.counted(f"http/{host}", ok=1))
                await opened.send_str("hi")
                assert (await opened.receive()).data == "hi!"

    host = asyncio.run(serving(answer, use))
    hub.counted(f"http/{host}", ok=1, failed=0, cancelled=0)


def test_unix_sockets_and_proxies_are_counted_for_the_host_of_the_url(hub: Hub, tmp_path: Any) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(text="hi")

    async def use(host: str) -> None:
        async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(f"{tmp_path}/s")) as session:
            assert await read(session, "http://behind-a-socket/") == b"hi"

    asyncio.run(serving(answer, use, f"{tmp_path}/s"))
    with Server(OK) as proxy:
        get("http://behind-a-proxy/", proxy=proxy.url)
        assert proxy.requests[0]["host"] == "behind-a-proxy"
    hub.counted("http/behind-a-socket", ok=1)
    hub.counted("http/behind-a-proxy", ok=1)


def test_request_of_httpx_that_goes_through_aiohttp_is_counted_once(hub: Hub) -> None:
    class Transport(httpx.AsyncBaseTransport):
        def __init__(self, session: aiohttp.ClientSession) -> None:
            self.session = session

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await read(self.session, other.url)
            return httpx.Response(200, content=await read(self.session, str(request.url)))

    async def use(session: aiohttp.ClientSession) -> None:
        async with httpx.AsyncClient(transport=Transport(session)) as client:
            await client.get(server.url)
            await order(hub, f"http/{server.host}", "half_open")
            await client.get(server.url)
        await read(session, server.url)

    with Server(OK) as server, Server(OK) as other:
        run(use)
    hub.counted(f"http/{other.host}", ok=2)
    hub.counted(f"http/{server.host}", ok=3, rejected=0, failed=0)
