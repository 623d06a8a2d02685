"""Silent and missing hubs: the agent reconnects, loses no data and counts nothing twice."""

from __future__ import annotations

import json
import socket
from typing import Any, Dict, Iterator, List, Tuple

import fusebox_agent
import pytest
from fusebox_agent import _pulse, _text
from fusebox_agent._agent import EVENTS, Agent
from fusebox_agent._counts import ERROR_TYPES, OTHERS
from fusebox_agent._link import Link
from fusebox_agent._pulse import Pulse
from hub import Hub

BEATS = b'{"t":"welcome","v":1,"beat_ms":1000}\n'


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short timeouts keep the tests fast."""
    monkeypatch.setattr(_pulse, "PING", 0.1)
    monkeypatch.setattr(_pulse, "SILENCE", 0.3)
    monkeypatch.setattr(_pulse, "WELCOME", 0.5)


def installed(hub: Hub) -> Iterator[Hub]:
    hub.listen()
    fusebox_agent.install("tested", socket=hub.path)
    try:
        yield hub
    finally:
        fusebox_agent.uninstall()
        hub.remove()


@pytest.fixture
def mute(quick: None) -> Iterator[Hub]:
    """A hub that sends nothing."""
    yield from installed(Hub(welcome=b""))


@pytest.fixture
def stopped(quick: None) -> Iterator[Hub]:
    """A hub that sends ``welcome`` but answers no ping."""
    yield from installed(Hub(welcome=BEATS))


@pytest.fixture
def answering(quick: None) -> Iterator[Hub]:
    yield from installed(Hub(welcome=BEATS, answers=True))


@pytest.fixture
def old(quick: None) -> Iterator[Hub]:
    """A hub of an older version, which does not answer pings."""
    yield from installed(Hub())


def actions(pulse: Pulse, *times: float) -> List[Tuple[float, str]]:
    """The actions of a link that checks at these times and receives nothing."""
    done = []
    for now in times:
        if pulse.is_over(now):
            done.append((now, "over"))
            break
        if pulse.wants_ping(now):
            done.append((now, "ping"))
    return done


def test_agent_leaves_a_hub_without_welcome_after_10_s() -> None:
    assert actions(Pulse(100.0), 101.0, 103.5, 109.9, 110.0) == [(110.0, "over")]


def test_agent_pings_each_second_and_leaves_a_silent_hub_after_3_s() -> None:
    pulse = Pulse(100.0)
    pulse.welcomed(beats=True)
    pulse.hear(100.0)
    assert actions(pulse, 100.9, 101.0, 101.5, 102.0, 102.9, 103.0) == [
        (101.0, "ping"), (102.0, "ping"), (103.0, "over")]


def test_any_byte_from_the_hub_restarts_the_silence_timeout() -> None:
    pulse = Pulse(100.0)
    pulse.welcomed(beats=True)
    pulse.hear(100.0)
    assert actions(pulse, 101.0) == [(101.0, "ping")]
    pulse.hear(102.9)
    assert actions(pulse, 103.0, 103.9, 104.9, 105.9) == [(103.9, "ping"), (104.9, "ping"), (105.9, "over")]


def test_silent_older_hub_is_kept_and_still_gets_pings() -> None:
    pulse = Pulse(100.0)
    pulse.welcomed(beats=False)
    pulse.hear(100.0)
    assert actions(pulse, 101.0, 200.0, 200.5, 1_000.0) == [(101.0, "ping"), (200.0, "ping"), (1_000.0, "ping")]


def test_agent_that_was_stopped_pings_before_it_leaves_the_hub() -> None:
    pulse = Pulse(100.0)
    pulse.welcomed(beats=True)
    pulse.hear(100.0)
    assert actions(pulse, 160.0, 161.0, 161.9, 162.0) == [(160.0, "ping"), (161.0, "ping"), (162.0, "over")]


@pytest.mark.parametrize("beats", [True, False])
def test_next_check_is_when_a_ping_or_the_timeout_is_due(beats: bool) -> None:
    pulse = Pulse(100.0)
    assert pulse.next == 110.0
    pulse.welcomed(beats)
    pulse.hear(100.0)
    for _ in range(5):
        now = pulse.next
        assert pulse.is_over(now) or pulse.wants_ping(now)
        assert pulse.is_over(now) or pulse.next > now


def test_agent_sends_only_hello_until_the_hub_welcomes_it(mute: Hub) -> None:
    with fusebox_agent.call("c"):
        pass
    mute.wait(lambda: len(mute.heard("hello")) == 2)  # It has waited for a welcome and reconnected.
    assert {line["t"] for line in mute.lines} == {"hello"}
    mute.welcome = BEATS
    mute.counted("c", ok=1)
    assert [line["t"] for line in mute.lines if line["t"] != "hello"][0] == "strategy"


def test_agent_leaves_a_silent_hub_and_counts_every_call_once(stopped: Hub) -> None:
    ended = 0
    while len(stopped.heard("hello")) < 4:
        with fusebox_agent.call("c"):
            ended += 1
        stopped.wait(lambda: stopped.total("c")["ok"] == ended)
    assert len(stopped.heard("ping")) >= 3
    assert {h["instance"] for h in stopped.heard("hello")} == {stopped.heard("hello")[0]["instance"]}
    numbers = [delta["n"] for delta in stopped.heard("delta", "c")]
    assert numbers == list(range(1, len(numbers) + 1))


def test_agent_stays_connected_to_a_hub_that_answers(answering: Hub) -> None:
    answering.wait(lambda: len(answering.heard("ping")) > 5)
    assert len(answering.heard("hello")) == 1


def test_agent_stays_connected_to_a_silent_older_hub(old: Hub) -> None:
    old.wait(lambda: len(old.heard("ping")) > 5)
    assert len(old.heard("hello")) == 1


class Wire:
    """A link whose peer socket is read by the test."""

    def __init__(self) -> None:
        self.agent = Agent("tested", socket="/nowhere")
        self.agent.is_running = True  # Starts no thread.
        self.link = Link(self.agent)
        self.heard: List[Dict[str, Any]] = []

    def connect(self, room: int = 0) -> None:
        """Opens a welcomed connection; ``room`` sets its send buffer in bytes."""
        ours, self.theirs = socket.socketpair()
        if room:
            ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, room)
        ours.setblocking(False)
        self.link._hub = ours
        self.link._declared.clear()
        self.link._pulse = Pulse(0.0)
        self.link._pulse.welcomed(beats=False)

    def tell(self) -> None:
        self.link._next_flush = 0.0
        self.link._fill(1.0)
        self.link._send()

    def lose(self) -> None:
        """Breaks the connection. The hub has read all complete lines."""
        self.link._disconnect()
        data = b""
        while True:
            more = self.theirs.recv(1 << 20)
            if not more:
                break
            data += more
        self.heard += [json.loads(line) for line in data.split(b"\n")[:-1]]

    def of(self, t: str) -> List[Dict[str, Any]]:
        return [line for line in self.heard if line["t"] == t]


@pytest.mark.parametrize("room", [0, 1, 5_000, 9_000])
def test_unsent_data_is_sent_on_the_next_connection(room: int) -> None:
    wire = Wire()
    names = [f"c{number}" for number in range(60)]
    for round_ in range(6):
        for name in names:
            strategy = wire.agent.strategy(name, "retry")
            call = strategy.begin()
            call.attempt("TimeoutError")
            call.first -= 0.5
            call.attempt()
            call.end("ok", "cache")
            wire.agent.tell({"t": "call", "s": name, "end": "ok", "round": round_})
        # The last connection accepts everything.
        wire.connect(room if round_ < 5 else 1 << 20)
        wire.tell()
        wire.lose()
    wire.connect(1 << 20)
    wire.tell()
    wire.lose()
    for name in names:
        deltas = [d for d in wire.of("delta") if d["s"] == name]
        assert sum(d["ok"] for d in deltas) == 6
        assert sum(d["attempts"] for d in deltas) == 12
        assert sum(d["errors"].get("TimeoutError", 0) for d in deltas) == 6
        assert sum(d["retries"].get("1", 0) for d in deltas) == 6
        assert sum(count for d in deltas for _, count in d["latency"]) == 6
        assert 3_000 <= sum(d["retry_ms"] for d in deltas) < 3_100
        assert sum(d.get("fallback", {}).get("cached", 0) for d in deltas) == 6
        assert [d["n"] for d in deltas] == list(range(1, len(deltas) + 1))
        calls = [c["round"] for c in wire.of("call") if c["s"] == name]
        assert calls == list(range(6))
    assert not wire.of("lost")


def test_events_that_do_not_fit_back_into_the_queue_are_counted_as_lost() -> None:
    agent = Agent("tested", socket="/nowhere")
    agent.is_running = True
    for number in range(EVENTS):
        agent.tell({"t": "call", "n": number})
    agent.put_back([{"t": "call", "n": -1}, {"t": "ack", "id": "a"}, {"t": "lost", "n": 5}])
    lines = agent.take_events()
    assert lines[-1] == {"t": "lost", "n": 6} and lines[0] == {"t": "call", "n": 0}


def test_counts_put_back_respect_the_limit_on_error_types() -> None:
    strategy = Agent("tested", socket="/nowhere").strategy("c", "retry")
    strategy.agent.is_running = True
    call = strategy.begin()
    for number in range(ERROR_TYPES):
        call.attempt(f"a{number}")
    first = strategy.meter.delta()
    assert first is not None
    for number in range(ERROR_TYPES):
        call.attempt(f"b{number}")
    strategy.meter.put_back(first)
    both = strategy.meter.delta()
    assert both is not None
    assert both["errors"][OTHERS] == ERROR_TYPES and len(both["errors"]) == ERROR_TYPES + 1
    assert both["attempts"] == 2 * ERROR_TYPES and both["ms"] >= first["ms"]


@pytest.mark.parametrize("text, name", [
    ("us/*", "us/_"), ("*", "python"), ("  \t ", "python"), ("", "python"), ("us/*:x", "us/*_x"),
    ("/*", "/_"), ("a*", "a*"), ("*/", "*/"), ("a b", "a b"), ("x" * 126 + "/*y", "x" * 126 + "/_"),
])
def test_agent_name_is_changed_so_that_an_address_can_select_it(text: str, name: str) -> None:
    assert _text.agent_name(text) == name
