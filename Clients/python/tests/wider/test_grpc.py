"""grpc and grpc.aio: calls, streams, status codes and holds."""

from __future__ import annotations

import asyncio
import contextlib
import json
import pickle
import threading
from concurrent import futures
from typing import Any, Iterator

import fusebox_agent
import grpc
import grpc.experimental
import grpc.aio
import pytest
from fusebox_agent import _meter
from fusebox_agent._gate import HeldByOperator
from hub import Hub


class Server:
    """A server whose methods answer with the status code that the request names."""

    def __init__(self) -> None:
        self.count = 0
        self.go_on = threading.Event()
        self._server = grpc.server(futures.ThreadPoolExecutor(8))
        kinds = {
            "unary_unary": self._answer,
            "stream_unary": lambda requests, context: self._answer(list(requests)[-1], context),
            "unary_stream": self._stream,
            "stream_stream": lambda requests, context: self._stream(list(requests)[-1], context),
        }
        self._server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("test.Test", {
            kind: getattr(grpc, f"{kind}_rpc_method_handler")(answer) for kind, answer in kinds.items()}),))
        self.host = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        self.s = f"grpc/{self.host}"

    def _answer(self, request: bytes, context: Any) -> bytes:
        self.count += 1
        if request == b"WAIT":
            self.go_on.wait(10)
        elif request != b"OK":
            context.abort(getattr(grpc.StatusCode, request.decode()), "told to")
        return b"hi"

    def _stream(self, request: bytes, context: Any) -> Iterator[bytes]:
        self.count += 1
        yield b"first"
        if request == b"WAIT":
            self.go_on.wait(10)
        elif request != b"OK":
            context.abort(getattr(grpc.StatusCode, request.decode()), "told to")
        yield b"last"

    def __enter__(self) -> "Server":
        self._server.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.go_on.set()
        self._server.stop(None).wait(10)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as started:
        yield started


def arguments(kind: str, request: str) -> Any:
    data = request.encode()
    return iter([b"more", data]) if kind.startswith("stream") else data


def ask(host: str, kind: str, way: str, request: str = "OK", **more: Any) -> Any:
    """Calls a method and reads its answer."""
    if way == "aio":
        return asyncio.run(ask_async(host, kind, request, **more))
    options = [(grpc.experimental.ChannelOptions.SingleThreadedUnaryStream, 1)] if way == "single thread" else []
    with grpc.insecure_channel(host, options=options) as channel:
        method = getattr(channel, kind)(f"/test.Test/{kind}")
        given = arguments(kind, request)
        if way == "with_call":
            return method.with_call(given, **more)[0]
        if way == "future":
            return method.future(given, **more).result()
        result = method(given, **more)
        return result if kind.endswith("unary") else list(result)


async def ask_async(host: str, kind: str, request: str, **more: Any) -> Any:
    async with grpc.aio.insecure_channel(host) as channel:
        call = getattr(channel, kind)(f"/test.Test/{kind}")(arguments(kind, request), **more)
        return await call if kind.endswith("unary") else [part async for part in call]


WAYS = pytest.mark.parametrize("kind, way", [
    (kind, way) for kind in ("unary_unary", "stream_unary") for way in ("call", "with_call", "future", "aio")
] + [
    (kind, way) for kind in ("unary_stream", "stream_stream") for way in ("call", "aio")
] + [("unary_stream", "single thread")])
STREAMS = pytest.mark.parametrize("way", ["call", "single thread", "aio"])


@WAYS
def test_status_codes_are_outcomes_of_the_host(hub: Hub, server: Server, kind: str, way: str) -> None:
    for request in ("OK", "UNAVAILABLE", "NOT_FOUND", "INVALID_ARGUMENT", "RESOURCE_EXHAUSTED"):
        with pytest.raises(grpc.RpcError) if request != "OK" else contextlib.nullcontext():
            ask(server.host, kind, way, request)
    total = hub.counted(server.s, ok=3, failed=2, cancelled=0)
    assert total["errors"] == {"UNAVAILABLE": 1, "RESOURCE_EXHAUSTED": 1}
    assert hub.declared(server.s)["target"] == "127.0.0.1"


@WAYS
def test_exceeded_deadline_is_a_failure(hub: Hub, server: Server, kind: str, way: str) -> None:
    with pytest.raises(grpc.RpcError):
        ask(server.host, kind, way, "WAIT", timeout=0.2)
    assert hub.counted(server.s, failed=1, cancelled=0)["errors"] == {"DEADLINE_EXCEEDED": 1}


@WAYS
def test_held_host_fails_at_once_with_an_error_of_its_kind(hub: Hub, server: Server, kind: str, way: str) -> None:
    ask(server.host, kind, way)
    hub.declared(server.s)
    assert hub.order(server.s, "open", reason="vendor down")["ok"]
    words = f"{server.host} is held by an operator: vendor down until it is reset"
    with pytest.raises(grpc.RpcError) as raised:
        ask(server.host, kind, way)
    for error in (raised.value, pickle.loads(pickle.dumps(raised.value))):
        assert isinstance(error, grpc.aio.AioRpcError if way == "aio" else grpc.Call)
        assert isinstance(error, HeldByOperator)
        assert error.code() is grpc.StatusCode.UNAVAILABLE and error.details() == str(error) == words
    assert server.count == 1
    assert hub.order(server.s, "half_open")["ok"]
    ask(server.host, kind, way)
    hub.counted(server.s, ok=2, rejected=1, failed=0)
    hub.wait(lambda: hub.heard("breaker", server.s)[-1]["to"] == "closed")


def test_held_host_is_not_tried_again_by_a_service_config(hub: Hub, server: Server) -> None:
    config = {"methodConfig": [{"name": [{}], "retryPolicy": {
        "maxAttempts": 4, "initialBackoff": "0.01s", "maxBackoff": "0.02s", "backoffMultiplier": 1,
        "retryableStatusCodes": ["UNAVAILABLE"]}}]}
    with grpc.insecure_channel(server.host, options=[("grpc.service_config", json.dumps(config))]) as channel:
        method = channel.unary_unary("/test.Test/unary_unary")
        with pytest.raises(grpc.RpcError):
            method(b"UNAVAILABLE")
        # A call with its retries is one call.
        assert server.count == 4
        hub.counted(server.s, failed=1)
        assert hub.order(server.s, "open")["ok"]
        with pytest.raises(grpc.RpcError):
            method(b"OK")
    assert server.count == 4
    hub.counted(server.s, failed=1, rejected=1)


def test_hold_and_status_count_alike_in_the_calls_around_them(hub: Hub, server: Server) -> None:
    for way in ("call", "aio"):
        with pytest.raises(grpc.RpcError), fusebox_agent.call("c"):
            ask(server.host, "unary_unary", way, "UNAVAILABLE")
    assert hub.counted("c", failed=2)["errors"] == {"UNAVAILABLE": 2}
    assert hub.order(server.s, "open")["ok"]
    for way in ("call", "aio"):
        with pytest.raises(grpc.RpcError), fusebox_agent.call("c"):
            ask(server.host, "unary_unary", way)
    hub.counted("c", failed=2, rejected=2)


@STREAMS
def test_stream_that_the_program_stops_reading_is_a_cancellation(hub: Hub, server: Server, way: str) -> None:
    async def main() -> None:
        async with grpc.aio.insecure_channel(server.host) as channel:
            call = channel.unary_stream("/test.Test/unary_stream")(b"WAIT")
            assert await call.read() == b"first"
            if ends == "cancel":
                call.cancel()
            del call

    for ends in ("cancel", "drop"):
        if way == "aio":
            asyncio.run(main())
            continue
        options = [(grpc.experimental.ChannelOptions.SingleThreadedUnaryStream, 1)] if way == "single thread" else []
        with grpc.insecure_channel(server.host, options=options) as channel:
            call = channel.unary_stream("/test.Test/unary_stream")(b"WAIT")
            assert next(call) == b"first"
            if ends == "cancel":
                call.cancel()
            del call
    hub.counted(server.s, cancelled=2, ok=0, failed=0)


def test_call_that_the_program_cancels_is_a_cancellation(hub: Hub, server: Server) -> None:
    async def main() -> None:
        task = asyncio.ensure_future(ask_async(server.host, "unary_unary", "WAIT"))
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(
            None, hub.wait, lambda: [d for d in hub.heard("delta", server.s) if d["in_flight"] == 1])
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    hub.counted(server.s, cancelled=1, ok=0, failed=0)
    with grpc.insecure_channel(server.host) as channel:
        call = channel.unary_unary("/test.Test/unary_unary").future(b"WAIT")
        call.cancel()
    hub.counted(server.s, cancelled=2, ok=0, failed=0)


@pytest.mark.skipif(not hasattr(asyncio, "timeout"), reason="asyncio.timeout is for Python 3.11 and newer")
@pytest.mark.parametrize("kind", ["unary_unary", "unary_stream"])
def test_time_out_around_a_call_is_a_failure(hub: Hub, server: Server, kind: str) -> None:
    async def main() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await ask_async(server.host, kind, "WAIT")

    asyncio.run(main())
    assert hub.counted(server.s, failed=1, cancelled=0)["errors"] == {"TimeoutError": 1}


@STREAMS
def test_stalled_stream_is_reported_as_waiting(
    hub: Hub, server: Server, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_meter, "STALL", 0.1)
    reader = threading.Thread(target=ask, args=(server.host, "unary_stream", way, "WAIT"))
    reader.start()
    hub.wait(lambda: [d for d in hub.heard("delta", server.s) if d["waiting"] == 1])
    server.go_on.set()
    reader.join(10)
    hub.counted(server.s, ok=1)


def test_each_attempt_of_an_interceptor_is_counted_and_holds_pass_through_it(hub: Hub, server: Server) -> None:
    class Again(grpc.UnaryUnaryClientInterceptor):
        def intercept_unary_unary(self, continuation: Any, details: Any, request: Any) -> Any:
            continuation(details, request)
            return continuation(details, request)

    class AgainAsync(grpc.aio.UnaryUnaryClientInterceptor):
        async def intercept_unary_unary(self, continuation: Any, details: Any, request: Any) -> Any:
            await (await continuation(details, request))
            return await continuation(details, request)

    async def main() -> None:
        async with grpc.aio.insecure_channel(server.host, interceptors=[AgainAsync()]) as channel:
            await channel.unary_unary("/test.Test/unary_unary")(b"OK")

    def blocking() -> None:
        with grpc.intercept_channel(grpc.insecure_channel(server.host), Again()) as channel:
            channel.unary_unary("/test.Test/unary_unary")(b"OK")

    blocking()
    asyncio.run(main())
    hub.counted(server.s, ok=4)
    assert hub.order(server.s, "open")["ok"]
    for use in (blocking, lambda: asyncio.run(main())):
        with pytest.raises(grpc.RpcError) as raised:
            use()
        assert isinstance(raised.value, HeldByOperator)
    assert server.count == 4


def test_targets_of_one_host_are_one_strategy(hub: Hub, server: Server) -> None:
    for target in (server.host, f"dns:///{server.host}", f"ipv4:{server.host}"):
        ask(target, "unary_unary", "call")
        ask(target, "unary_unary", "aio")
    hub.counted(server.s, ok=6)
    for target in ("closed.invalid", "closed.invalid:443", "dns:closed.invalid:443"):
        with pytest.raises(grpc.RpcError):
            ask(target, "unary_unary", "call")
    hub.counted("grpc/closed.invalid", failed=3)
