"""mcp: the tools that a client calls, on a server in this process."""

from __future__ import annotations

import asyncio
import pickle
import threading
import time
from contextlib import asynccontextmanager
from typing import Any, AsyncIterator, Awaitable, Callable, List

import mcp
import pytest
import uvicorn
from hub import Hub

try:
    from mcp import MCPError
    from mcp.server.mcpserver import MCPServer
except ImportError:  # Before 2.0.
    from mcp import McpError as MCPError
    from mcp.server.fastmcp import FastMCP as MCPServer
    from mcp.shared.memory import create_connected_server_and_client_session

CALLS: List[str] = []
"""The calls that the server's tools got."""


@pytest.fixture
def server() -> Any:
    CALLS.clear()
    server = MCPServer("shop")

    @server.tool()
    async def price(item: str) -> str:
        CALLS.append(item)
        if item == "broken":
            raise ValueError("no price")
        if item == "slow":
            await asyncio.Event().wait()
        return "3"

    return server


@asynccontextmanager
async def connected(server: Any) -> AsyncIterator[Any]:
    """A session of a client, connected to a server."""
    if hasattr(mcp, "Client"):
        async with mcp.Client(server) as client:
            yield client.session
    else:
        async with create_connected_server_and_client_session(server._mcp_server) as session:
            yield session


def run(server: Any, main: "Callable[[Any], Awaitable[None]]") -> None:
    """Runs ``main`` with a session."""
    async def connect() -> None:
        async with connected(server) as session:
            await main(session)

    asyncio.run(connect())


def test_each_tool_is_a_strategy_and_tool_errors_are_failures(hub: Hub, server: Any) -> None:
    async def main(session: Any) -> None:
        await session.call_tool("price", {"item": "tea"})
        await session.call_tool(name="price", arguments={"item": "broken"})
        await session.call_tool("unknown", {})

    run(server, main)
    assert hub.counted("mcp/shop/price", ok=1, failed=1)["errors"] == {"ToolError": 1}
    hub.counted("mcp/shop/unknown", failed=1)
    assert hub.declared("mcp/shop/price")["target"] == "shop"


def test_cancelled_tool_call_is_neither_a_success_nor_a_failure(hub: Hub, server: Any) -> None:
    async def main(session: Any) -> None:
        task = asyncio.ensure_future(session.call_tool("price", {"item": "slow"}))
        while not CALLS:
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run(server, main)
    assert hub.counted("mcp/shop/price", cancelled=1, ok=0, failed=0)["errors"] == {}


def test_held_tool_raises_the_error_of_the_library_at_once(hub: Hub, server: Any) -> None:
    async def main(session: Any) -> None:
        await session.call_tool("price", {"item": "tea"})
        hub.declared("mcp/shop/price")
        assert hub.order("mcp/shop/price", "open", reason="vendor down", for_ms=60_000)["ok"]
        with pytest.raises(MCPError) as raised:
            await session.call_tool("price", {"item": "tea"})
        for error in (raised.value, pickle.loads(pickle.dumps(raised.value))):
            assert isinstance(error, MCPError) and error.error.code == -32_000
            assert str(error).startswith("shop/price is held by an operator: vendor down until ")
        assert hub.order("mcp/shop/price", "reset")["ok"]
        await session.call_tool("price", {"item": "tea"})

    run(server, main)
    assert CALLS == ["tea", "tea"]
    assert hub.counted("mcp/shop/price", ok=2, rejected=1, failed=0)["errors"] == {}


def test_successful_probe_ends_the_hold_of_a_tool(hub: Hub, server: Any) -> None:
    async def main(session: Any) -> None:
        await session.call_tool("price", {"item": "tea"})
        hub.declared("mcp/shop/price")
        assert hub.order("mcp/shop/price", "half_open")["ok"]
        await session.call_tool("price", {"item": "broken"})
        assert hub.heard("breaker", "mcp/shop/price")[-1]["to"] == "half_open"
        await session.call_tool("price", {"item": "tea"})

    run(server, main)
    hub.counted("mcp/shop/price", ok=2, failed=1)
    hub.wait(lambda: hub.heard("breaker", "mcp/shop/price")[-1]["to"] == "closed")


def test_server_cannot_claim_that_an_operator_holds_its_host(hub: Hub, server: Any) -> None:
    async def main(session: Any) -> None:
        async def refuse(*_: Any, **__: Any) -> None:
            data = "held by an operator"
            if issubclass(MCPError, getattr(mcp, "McpError", ())):  # Before 2.0.
                raise MCPError(mcp.types.ErrorData(code=-32_000, message="no", data=data))
            raise MCPError(-32_000, "no", data)

        session.send_request = refuse
        with pytest.raises(MCPError):
            await session.call_tool("price", {"item": "tea"})

    run(server, main)
    hub.counted("mcp/shop/price", failed=1, rejected=0)


@asynccontextmanager
async def connected_by_http(url: str) -> AsyncIterator[Any]:
    """A session of a client, connected to the server at an address."""
    if hasattr(mcp, "Client"):
        async with mcp.Client(url) as client:
            yield client.session
    else:
        from mcp.client.streamable_http import streamablehttp_client

        async with streamablehttp_client(url) as (reads, writes, _):
            async with mcp.ClientSession(reads, writes) as session:
                await session.initialize()
                yield session


def test_held_host_ends_the_call_and_the_session_goes_on(hub: Hub, server: Any) -> None:
    http = uvicorn.Server(uvicorn.Config(server.streamable_http_app(), port=0, log_level="warning"))
    threading.Thread(target=http.run, daemon=True).start()
    while not http.started:
        time.sleep(0.01)
    host = f"127.0.0.1:{http.servers[0].sockets[0].getsockname()[1]}"

    async def main() -> None:
        async with connected_by_http(f"http://{host}/mcp") as session:
            await session.call_tool("price", {"item": "tea"})
            hub.declared(f"http/{host}")
            assert hub.order(f"http/{host}", "open", reason="vendor down")["ok"]
            with pytest.raises(MCPError) as raised:
                await session.call_tool("price", {"item": "tea"})
            for error in (raised.value, pickle.loads(pickle.dumps(raised.value))):
                assert str(error) == f"{host} is held by an operator: vendor down until it is reset"
            assert hub.order(f"http/{host}", "reset")["ok"]
            await session.call_tool("price", {"item": "tea"})

    try:
        asyncio.run(main())
    finally:
        http.should_exit = True
    assert CALLS == ["tea", "tea"]
    assert hub.counted("mcp/shop/price", ok=2, rejected=1, failed=0)["errors"] == {}
