"""Orders that hold reach a process before its first call."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List

import fusebox_agent
import pytest
from fusebox_agent import _api
from fusebox_agent._agent import OF_A_LIBRARY, Agent
from fusebox_agent._gate import Gate
from hub import Hub
from server import Server
from test_hub import RealHub, real

__all__ = ["real"]

httpx = pytest.importorskip("httpx")

SOURCE = str(Path(__file__).parent.parent / "src")
REQUEST = """
import sys, fusebox_agent
fusebox_agent.install("short")
import httpx
try:
    httpx.get(sys.argv[1])
except httpx.ConnectError as error:
    print(error)
"""


def order(**fields: Any) -> Dict[str, Any]:
    return {"t": "order", "id": "order1", "agents": "*", "s": "c", "do": "open", **fields}


def write(hub: Hub, *orders: Dict[str, Any], revision: str = "1") -> str:
    path = f"{hub.directory}/agent/orders.ndjson"
    lines = [{"t": "orders", "revision": revision}, *orders]
    Path(path).write_text("".join(json.dumps(line) + "\n" for line in lines))
    os.chmod(path, 0o600)
    return path


@pytest.fixture
def hub_only() -> Any:
    hub = Hub()
    yield hub
    hub.remove()


def is_held(hub: Hub, name: str = "c", agent: str = "tested") -> bool:
    gate = Gate()
    return Agent(agent, hub.path).strategy(name, "call", None, None, gate).breaker.held  # type: ignore[union-attr]


@pytest.mark.parametrize("fields, held", [
    ({}, True), ({"agents": "tested"}, True), ({"agents": "other"}, False), ({"agents": "te/*"}, False),
    ({"except": ["tested"]}, False), ({"except": ["other"]}, True), ({"s": "d"}, False),
    ({"until": 1}, False), ({"until": 9_999_999_999_999}, True), ({"do": "disable"}, False), ({"do": "unknown"}, False),
    ({"id": 7}, False), ({"agents": None}, False), ({"until": "x"}, True), ({"except": 5}, True),
])
def test_order_holds_for_the_strategies_that_it_matches(hub_only: Hub, fields: Dict[str, Any], held: bool) -> None:
    write(hub_only, order(**fields))
    assert is_held(hub_only) == held


def test_last_matching_order_counts_for_the_breaker_and_for_each_limit(hub_only: Hub) -> None:
    limit = {"do": "set_limit", "name": "max_attempts"}
    write(hub_only, order(**limit, value=5), order(id="c2", **limit, value=2), order(id="c3", reason="first"),
          order(id="c4", reason="last", until=9_999_999_999_999))
    agent = Agent("tested", hub_only.path)
    limits = {"max_attempts": fusebox_agent.Limit(3, minimum=1, maximum=9)}
    strategy = agent.strategy("c", "call", None, limits, Gate())
    assert strategy.limits["max_attempts"].value == 2
    assert strategy.breaker is not None and strategy.breaker.why == "last"
    acks = [line for line in agent.take_events() if line["t"] == "ack"]
    assert sorted(ack["id"] for ack in acks) == ["c2", "c4"] and {ack["s"] for ack in acks} == {"c"}


def test_only_a_file_that_nobody_else_can_have_written_is_read(hub_only: Hub) -> None:
    path = write(hub_only, order())
    assert is_held(hub_only)
    for mode, held in ((0o640, True), (0o620, False), (0o602, False)):
        os.chmod(path, mode)
        assert is_held(hub_only) == held
    os.chmod(path, 0o600)
    for text in ("", "{}", "[1]", '{"t":"orders"}', "\xff", "[" * 100_000, '{"t":"orders","revision":"1"}\n' + "x" * 1_000_001):
        Path(path).write_text(text)
        assert not is_held(hub_only)
    os.unlink(path)
    os.symlink("/etc/hostname", path)
    assert not is_held(hub_only)
    os.unlink(path)
    os.mkfifo(path, 0o600)
    assert not is_held(hub_only)


def test_changed_file_is_read_again_and_an_order_that_ended_is_released(hub: Hub) -> None:
    write(hub, order(s="first"), revision="2")
    hub.wait(lambda: hub.peers)
    hub.give({"t": "orders", "revision": "2"})
    agent = _api._agent
    hub.poll(lambda: agent.standing.revision == "2")
    with pytest.raises(fusebox_agent.Held), fusebox_agent.call("first", hold=True):
        pass
    assert hub.declared("first")["breaker"]["state"] == "forced_open"
    assert hub.wait(lambda: hub.heard("ack", "first"))[0]["id"] == "order1"
    write(hub, revision="3")
    hub.give({"t": "orders", "revision": "3"})
    assert hub.wait(lambda: hub.heard("breaker", "first"))[0]["to"] == "closed"
    with fusebox_agent.call("first", hold=True):
        pass


def test_command_replaces_an_order_of_the_file(hub: Hub) -> None:
    write(hub, order(id="o1"), revision="2")  # The command is c1.
    hub.wait(lambda: hub.peers)
    hub.give({"t": "orders", "revision": "2"})
    agent = _api._agent
    hub.poll(lambda: agent.standing.revision == "2")
    with pytest.raises(fusebox_agent.Held), fusebox_agent.call("c", hold=True):
        pass
    hub.declared("c")
    assert hub.order("c", "open", reason="for this instance")["ok"]
    write(hub, revision="3")
    hub.give({"t": "orders", "revision": "3"})
    hub.poll(lambda: agent.standing.revision == "3")
    with pytest.raises(fusebox_agent.Held, match="for this instance"), fusebox_agent.call("c", hold=True):
        pass


def test_order_holds_a_host_that_has_no_strategy_of_its_own(hub_only: Hub) -> None:
    write(hub_only, order(s="http/late:1"))
    agent = Agent("tested", hub_only.path)
    for number in range(OF_A_LIBRARY):
        agent.strategy(f"http/{number}", "http", None, None, Gate(), "http")
    assert agent.strategy("http/x", "http", None, None, Gate(), "http").name == "http/(others)"
    held = agent.strategy("http/late:1", "http", None, None, Gate(), "http")
    assert held.name == "http/late:1" and held.breaker is not None and held.breaker.held


def test_forked_child_reads_the_orders_again(hub_only: Hub) -> None:
    program = f"""
import fusebox_agent, os, sys
fusebox_agent.install("tested")
with fusebox_agent.call("c", hold=True): pass
os.system({f"cp {hub_only.directory}/new {hub_only.directory}/agent/orders.ndjson"!r})
if os.fork() == 0:
    try:
        with fusebox_agent.call("c", hold=True): pass
    except fusebox_agent.Held as error:
        print(error, flush=True)
    os._exit(0)
os.wait()
"""
    os.rename(write(hub_only, order(reason="vendor down")), f"{hub_only.directory}/new")
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60,
        env={**os.environ, "PYTHONPATH": SOURCE, "FUSEBOX_SOCKET": hub_only.path})
    assert done.stdout == "c: held by an operator: vendor down until it is reset\n", done.stderr


def requests(real: RealHub, url: str, count: int) -> List[str]:
    """Runs processes of one request each, one after another. Returns what they printed."""
    environment = {**real.environment, "PYTHONPATH": SOURCE, "FUSEBOX_SOCKET": real.path}
    return [subprocess.run([sys.executable, "-c", REQUEST, url], capture_output=True, text=True, timeout=60,
                           env=environment).stdout for _ in range(count)]


COUNT = int(os.environ.get("FUSEBOX_PROCESSES", "2"))
"""The number of processes of one request each."""


def test_hold_reaches_processes_of_one_request_each(real: RealHub) -> None:
    with Server((200, {}, {})) as server:
        address = f"short:http/{server.host}"
        given = real.run("breaker", "open", address, "--for", "1h", "--reason", "vendor down", "--yes")
        assert given.returncode == 0 and "covers none now; holds for agents to come" in given.stdout, given.stderr
        printed = requests(real, server.url, COUNT)
        words = f"{server.host} is held by an operator: vendor down until "
        assert len(server.requests) == 0 and all(text.startswith(words) for text in printed), printed
        # The same while the hub is not there.
        real.stop()
        requests(real, server.url, COUNT)
        assert len(server.requests) == 0
        real.start()
        requests(real, server.url, COUNT)
        assert len(server.requests) == 0
        # The audit log has the order once, and each process as an outcome.
        audit = real.wait_for_audit(lambda lines: sum("created under the order" in line for line in lines) >= 2 * COUNT)
        assert sum('"t":"intent"' in line for line in audit) == 1
        assert real.run("breaker", "reset", address).returncode == 0
        requests(real, server.url, COUNT)
        assert len(server.requests) == COUNT
