"""redis-py: commands with their retries, on a server in this process."""

from __future__ import annotations

import asyncio
import pickle
import socketserver
import threading
from typing import Any, Callable, Iterator, List

import pytest
import redis
import redis.asyncio
import redis.asyncio.retry
import redis.retry
from hub import Hub
from redis.backoff import NoBackoff


class RedisServer(socketserver.ThreadingTCPServer):
    """Answers commands of Redis; closes the connection instead of the next ``breaks`` answers to ``GET``."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Connection)
        self.host = f"127.0.0.1:{self.server_address[1]}"
        self.breaks = 0
        self.commands: List[bytes] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Connection(socketserver.StreamRequestHandler):
    server: RedisServer

    def handle(self) -> None:
        while True:
            line = self.rfile.readline()
            if not line:
                return
            words = []
            for _ in range(int(line[1:])):
                words.append(self.rfile.read(int(self.rfile.readline()[1:])))
                self.rfile.readline()
            command = words[0].upper()
            self.server.commands.append(command)
            if command == b"GET" and self.server.breaks > 0:
                self.server.breaks -= 1
                return
            self.wfile.write({b"GET": b"$1\r\n1\r\n", b"LPUSH": b"-WRONGTYPE wrong\r\n"}.get(command, b"+OK\r\n"))


@pytest.fixture
def server() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server
        server.shutdown()


def options(server: RedisServer, retries: int, module: Any) -> "dict[str, Any]":
    host, _, port = server.host.partition(":")
    return {
        "host": host, "port": int(port), "protocol": 2, "retry": module.Retry(NoBackoff(), retries),
        "retry_on_error": [redis.ConnectionError],  # The default since 6.0.
    }


def sync(server: RedisServer, retries: int) -> "Callable[..., Any]":
    """A function that sends a command."""
    import redis.retry

    client = redis.Redis(**options(server, retries, redis.retry))
    return client.execute_command


def asynchronous(server: RedisServer, retries: int) -> "Callable[..., Any]":
    import redis.asyncio.retry

    async def send(words: Any) -> Any:
        async with redis.asyncio.Redis(**options(server, retries, redis.asyncio.retry)) as client:
            return await client.execute_command(*words)

    return lambda *words: asyncio.run(send(words))


CLIENTS = pytest.mark.parametrize("make", [sync, asynchronous])


@CLIENTS
def test_commands_and_their_retries_are_counted(hub: Hub, server: RedisServer, make: Any) -> None:
    send = make(server, 2)
    s = f"redis/{server.host}"
    assert send("GET", "a") == b"1"
    before = hub.counted(s, failed=0)["attempts"]
    server.breaks = 2
    assert send("GET", "a") == b"1"
    hub.wait(lambda: hub.total(s)["errors"] == {"ConnectionError": 2})
    assert hub.total(s)["failed"] == 0 and hub.total(s)["attempts"] >= before + 3
    server.breaks = 3
    with pytest.raises(redis.ConnectionError):
        send("GET", "a")
    assert hub.counted(s, failed=1)["errors"] == {"ConnectionError": 5}
    assert hub.declared(s)["limits"][0]["value"] == 3 and hub.declared(s)["target"] == server.host


@CLIENTS
def test_error_that_the_server_answers_is_a_failure_without_a_retry(hub: Hub, server: RedisServer, make: Any) -> None:
    with pytest.raises(redis.ResponseError):
        make(server, 2)("LPUSH", "a", "1")
    assert hub.counted(f"redis/{server.host}", failed=1)["errors"] == {"ResponseError": 1}
    assert server.commands.count(b"LPUSH") == 1


@CLIENTS
def test_operators_limit_of_attempts_applies_from_the_next_command(
        hub: Hub, server: RedisServer, make: Any) -> None:
    send = make(server, 1)
    send("GET", "a")
    s = f"redis/{server.host}"
    hub.declared(s)
    for most in (1, 4):
        assert hub.order(s, "set_limit", name="max_attempts", value=most)["ok"]
        server.breaks, before = most, server.commands.count(b"GET")
        with pytest.raises(redis.ConnectionError):
            send("GET", "a")
        assert server.breaks == 0 and server.commands.count(b"GET") == before + most
    assert hub.order(s, "set_limit", name="max_attempts", auto=True)["ok"]
    server.breaks = 1
    assert send("GET", "a") == b"1"


@CLIENTS
def test_held_server_raises_a_connection_error_at_once(hub: Hub, server: RedisServer, make: Any) -> None:
    send = make(server, 3)
    send("GET", "a")
    s = f"redis/{server.host}"
    hub.declared(s)
    assert hub.order(s, "open", reason="failover", for_ms=60_000)["ok"]
    before = list(server.commands)
    with pytest.raises(redis.ConnectionError) as raised:
        send("GET", "a")
    for error in (raised.value, pickle.loads(pickle.dumps(raised.value))):
        assert isinstance(error, redis.ConnectionError)
        assert str(error).startswith(f"{server.host} is held by an operator: failover until ")
    assert server.commands == before
    assert hub.order(s, "reset")["ok"]
    assert send("GET", "a") == b"1"
    assert hub.counted(s, rejected=1, failed=0)["errors"] == {}


def test_connection_that_a_sentinel_finds_is_that_of_its_server(hub: Hub, server: RedisServer) -> None:
    from redis.sentinel import SentinelConnectionPool

    class Found:
        def discover_master(self, name: str) -> Any:
            return "127.0.0.1", server.server_address[1]

    pool = SentinelConnectionPool("main", Found(), retry=redis.retry.Retry(NoBackoff(), 3), protocol=2)
    client = redis.Redis(connection_pool=pool)
    assert client.get("a") == b"1"
    s = f"redis/{server.host}"
    hub.declared(s)
    assert hub.order(s, "open")["ok"]
    pool.disconnect()
    with pytest.raises(redis.ConnectionError, match="held by an operator"):
        client.get("a")
    hub.counted(s, rejected=1, failed=0)
    named = {line["s"] for line in hub.heard("strategy")}
    assert {name for name in named if name.startswith("redis/")} == {s}


def test_command_of_a_task_that_a_connection_starts_is_counted(hub: Hub, server: RedisServer) -> None:
    async def main() -> None:
        tasks: List[Any] = []

        async def later() -> None:
            await done.wait()
            async with redis.asyncio.Redis(**settings) as client:
                with pytest.raises(redis.ResponseError):
                    await client.execute_command("LPUSH", "a", "1")

        async def connected(connection: Any) -> None:
            await connection.on_connect()
            tasks.append(asyncio.ensure_future(later()))

        done = asyncio.Event()
        settings = options(server, 0, redis.asyncio.retry)
        async with redis.asyncio.Redis(**settings, redis_connect_func=connected) as client:
            await client.execute_command("GET", "a")
        done.set()
        await asyncio.gather(*tasks)

    asyncio.run(main())
    hub.counted(f"redis/{server.host}", failed=1)
