"""Calls, counts and commands without a hooked library."""

from __future__ import annotations

import asyncio
import math
import os
import threading
import time

import fusebox_agent
import pytest
from fusebox_agent import Held, Limit, Refused
from fusebox_agent._api import _agent as agent_at_import
from fusebox_agent._latency import bucket
from fusebox_agent._counts import ERROR_TYPES
from fusebox_agent._meter import Meter
from fusebox_agent import _api, _link, _places, _text
from hub import Hub


def test_agent_sends_hello_and_declares_its_strategies(hub: Hub) -> None:
    fusebox_agent.strategy("pay", kind="retry", target="api.stripe.com", limits={
        "max_attempts": Limit(3, minimum=1, maximum=5, unit="attempts")})
    hello = hub.wait(lambda: hub.heard("hello"))[0]
    assert hello["agent"] == "tested" and hello["v"] == 1 and len(hello["instance"]) == 32
    declared = hub.declared("pay")
    assert declared["target"] == "api.stripe.com" and declared["can"] == ["set_limit", "tap"]
    assert declared["limits"] == [{
        "name": "max_attempts", "value": 3, "min": 1, "max": 5, "unit": "attempts", "by": "policy", "pinned": False}]


def test_call_is_ok_failed_or_cancelled_depending_on_how_its_block_ends(hub: Hub) -> None:
    with fusebox_agent.call("c"):
        pass
    with pytest.raises(ValueError), fusebox_agent.call("c"):
        raise ValueError
    with pytest.raises(KeyboardInterrupt), fusebox_agent.call("c"):
        raise KeyboardInterrupt
    total = hub.counted("c", ok=1, failed=1, cancelled=1)
    assert total["attempts"] == 2 and total["errors"] == {"ValueError": 1} and total["retries"] == {"0": 2}


def test_attempts_before_the_last_are_counted_as_retries(hub: Hub) -> None:
    with fusebox_agent.call("c") as call:
        call.retry(TimeoutError())
        call.retry("HTTP 503")
    total = hub.counted("c", ok=1)
    assert total["attempts"] == 3 and total["retries"] == {"2": 1}
    assert total["errors"] == {"TimeoutError": 1, "HTTP 503": 1}


def test_each_call_of_a_decorated_function_is_counted(hub: Hub) -> None:
    @fusebox_agent.call("f")
    def add(a: int, b: int) -> int:
        return a + b

    @fusebox_agent.call("g")
    async def add_async(a: int, b: int) -> int:
        return a + b

    assert add(1, b=2) == 3 and asyncio.run(add_async(1, b=2)) == 3 and add.__name__ == "add"
    hub.counted("f", ok=1)
    hub.counted("g", ok=1)


def test_cancelled_task_is_neither_a_success_nor_a_failure(hub: Hub) -> None:
    async def main() -> None:
        async def work() -> None:
            async with fusebox_agent.call("c"):
                await asyncio.sleep(100)

        task = asyncio.ensure_future(work())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert hub.counted("c", cancelled=1)["attempts"] == 0


def test_calls_in_flight_are_reported_with_the_oldest_age(hub: Hub) -> None:
    with fusebox_agent.call("c"):
        delta = hub.wait(lambda: [d for d in hub.heard("delta", "c") if d["in_flight"] == 1])[0]
        assert delta["oldest_ms"] >= 0 and delta["ok"] == 0


def test_operator_sets_a_limit_within_bounds_and_releases_it(hub: Hub) -> None:
    seen = []
    fusebox_agent.strategy("pay", limits={
        "max_attempts": Limit(3, minimum=1, maximum=5, unit="attempts", on_set=seen.append)})
    hub.declared("pay")
    assert hub.order("pay", "set_limit", name="max_attempts", value=2)["ok"]
    assert seen == [2]
    told = hub.heard("limit", "pay")[-1]
    assert (told["was"], told["value"], told["by"], told["pinned"]) == (3, 2, "operator", True)
    for value, detail in [
        (0, "max_attempts is at least 1"), (9, "max_attempts is at most 5"),
        (2.5, "max_attempts takes a whole number, not 2.5"), ("x", "max_attempts takes a number, not 'x'"),
    ]:
        answer = hub.order("pay", "set_limit", name="max_attempts", value=value)
        assert (answer["ok"], answer["code"], answer["detail"]) == (False, "refused", detail)
    assert hub.order("pay", "set_limit", name="max_attempts", auto=True)["ok"]
    assert seen == [2, 3] and hub.heard("limit", "pay")[-1]["pinned"] is False


def test_setter_error_is_sent_to_the_operator_and_the_value_does_not_change(hub: Hub) -> None:
    def refuse(value: float) -> None:
        raise Refused("the pool is shared")

    fusebox_agent.strategy("pay", limits={"max_concurrent": Limit(3, minimum=1, maximum=5, on_set=refuse)})
    hub.declared("pay")
    answer = hub.order("pay", "set_limit", name="max_concurrent", value=2)
    assert answer["detail"] == "the pool is shared" and not hub.heard("limit", "pay")


def test_held_call_raises_until_reset(hub: Hub) -> None:
    with fusebox_agent.call("c", hold=True):
        pass
    hub.declared("c")
    assert hub.order("c", "open")["version"] == 1
    assert hub.heard("breaker", "c")[-1]["to"] == "forced_open"
    with pytest.raises(Held, match="c: held by an operator"), fusebox_agent.call("c", hold=True):
        pytest.fail("the block ran")
    assert hub.order("c", "reset")["ok"]
    with fusebox_agent.call("c", hold=True):
        pass
    assert hub.counted("c", ok=2, rejected=1)["attempts"] == 2


def test_expired_hold_admits_all_calls(hub: Hub) -> None:
    with fusebox_agent.call("c", hold=True):
        pass
    hub.declared("c")
    hub.order("c", "open", for_ms=50)
    # No call is made: the timer changes the state.
    over = hub.wait(lambda: [b for b in hub.heard("breaker", "c") if b["to"] == "closed"])[0]
    assert over["why"] == "the operator's hold is over" and over["by"] == "policy"
    for _ in range(3):  # A failure does not hold it again.
        with pytest.raises(ValueError), fusebox_agent.call("c", hold=True):
            raise ValueError
    assert hub.counted("c", failed=3)["rejected"] == 0


def test_probe_that_fails_is_followed_by_another_one(hub: Hub) -> None:
    with fusebox_agent.call("c", hold=True):
        pass
    hub.declared("c")
    hub.order("c", "half_open")
    with pytest.raises(ValueError), fusebox_agent.call("c", hold=True):
        raise ValueError
    with fusebox_agent.call("c", hold=True):
        with pytest.raises(Held, match="a probe is under way"), fusebox_agent.call("c", hold=True):
            pass
    assert hub.wait(lambda: [b for b in hub.heard("breaker", "c") if b["why"] == "the probe succeeded"])


def test_repeated_command_runs_once_and_gets_the_same_answer(hub: Hub) -> None:
    with fusebox_agent.call("c", hold=True):
        pass
    hub.declared("c")
    line = {"t": "command", "id": "same", "s": "c", "do": "open"}
    hub.give(line)
    first = hub.answer("same")
    hub.give(line)
    again = hub.wait(lambda: len(hub.heard("ack")) == 2 and hub.heard("ack"))[-1]
    assert again == first and len(hub.heard("breaker", "c")) == 1


def test_invalid_commands_are_refused_with_an_error_code(hub: Hub) -> None:
    with fusebox_agent.call("c", hold=True):
        pass
    hub.declared("c")
    for order, code in [
        (("nobody", "open", {}), "unknown_strategy"),
        (("c", "dance", {}), "unsupported"),
        (("c", "set_limit", {"name": "x", "value": 1}), "unsupported"),
        (("c", "open", {"if_version": 9}), "conflict"),
        (("c", "open", {"expires_mono_ms": time.monotonic() * 1000 - 1}), "expired"),
    ]:
        answer = hub.order(order[0], order[1], **order[2])
        assert (answer["ok"], answer["code"]) == (False, code)
    assert not hub.heard("breaker", "c")


def test_blocked_setter_delays_neither_telemetry_nor_other_strategies(hub: Hub) -> None:
    lock = threading.Lock()

    def wait(value: float) -> None:
        with lock:
            pass

    fusebox_agent.strategy("slow", limits={"n": Limit(1, minimum=1, maximum=5, on_set=wait)})
    fusebox_agent.strategy("quick", limits={"n": Limit(1, minimum=1, maximum=5)})
    hub.declared("quick")
    with lock:
        hub.give({"t": "command", "id": "slow", "s": "slow", "do": "set_limit", "name": "n", "value": 2})
        assert hub.order("quick", "set_limit", name="n", value=2)["ok"]
        with fusebox_agent.call("c"):
            pass
        hub.counted("c", ok=1)
        assert not [a for a in hub.heard("ack") if a["id"] == "slow"]
    assert hub.answer("slow")["ok"]


def test_tap_reports_each_call_while_it_lasts(hub: Hub) -> None:
    with fusebox_agent.call("c"):
        pass
    hub.declared("c")
    assert hub.order("c", "tap", for_ms=60_000)["ok"]
    with fusebox_agent.call("c") as call:
        call.retry(TimeoutError())
    told = hub.wait(lambda: hub.heard("call", "c"))
    assert len(told) == 1
    assert (told[0]["end"], told[0]["attempts"], told[0]["errors"], told[0]["tap"]) == ("ok", 2, ["TimeoutError"], True)


def test_without_control_no_command_is_offered_and_all_are_refused() -> None:
    hub = Hub().listen()
    try:
        fusebox_agent.install("tested", socket=hub.path, control=False)
        fusebox_agent.strategy("c", hold=True)
        assert hub.declared("c")["can"] == []
        assert hub.order("c", "open")["code"] == "refused"
    finally:
        fusebox_agent.uninstall()
        hub.remove()


def test_empty_socket_variable_disables_telemetry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUSEBOX_SOCKET", "")
    fusebox_agent.install("tested")
    try:
        assert not fusebox_agent.installed()
        assert not [t for t in threading.enumerate() if t.name == "fusebox-agent"]
        with fusebox_agent.call("c"):
            pass
    finally:
        fusebox_agent.uninstall()


def test_without_install_call_only_runs_its_block() -> None:
    assert agent_at_import is None
    with fusebox_agent.call("c") as call:
        call.retry("x")
    fusebox_agent.strategy("c")


def test_strategies_above_the_limit_are_counted_together(hub: Hub) -> None:
    for number in range(150):
        with fusebox_agent.call(f"c{number}"):
            pass
    assert hub.counted("more/(others)", ok=50)


def test_error_types_above_the_limit_are_counted_together() -> None:
    meter = Meter()
    for number in range(ERROR_TYPES + 7):
        meter.error(f"E{number}", None)
    delta = meter.delta()
    assert delta is not None and delta["errors"]["(others)"] == 7


@pytest.mark.parametrize("microseconds, place", [
    (0.0, 0), (1.0, 0), (2.0, 15), (2.1, 17), (4.0, 31), (1e6, 318), (1e30, 575)])
def test_duration_maps_to_the_histogram_bucket_of_the_protocol(microseconds: float, place: int) -> None:
    assert bucket(microseconds / 1e6) == place


def test_names_are_changed_to_valid_protocol_names() -> None:
    assert _text.agent_name("a:b@c") == "a_b_c" and _text.agent_name("*") == "python"
    assert len(_text.name("é" * 100, "x").encode()) == 128 and _text.name("", "x") == "x"


def test_socket_paths_are_tried_in_the_order_of_the_protocol(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = {"FUSEBOX_SOCKET_DIR": "/a", "XDG_RUNTIME_DIR": "/b"}
    assert _places.candidates(environment)[:2] == ["/a/agent/fusebox.sock", "/b/fusebox/agent/fusebox.sock"]
    assert _places.candidates(environment)[-1] == "/run/fusebox/agent/fusebox.sock"
    assert _places.candidates({"FUSEBOX_SOCKET": "unix:///c.sock"}) == ["/c.sock"]


def test_socket_that_another_user_could_create_is_not_trusted(hub: Hub) -> None:
    assert _places.is_trusted(hub.path)
    os.chmod(f"{hub.directory}/agent", 0o770)
    assert not _places.is_trusted(hub.path)
    os.chmod(f"{hub.directory}/agent", 0o700)
    link = f"{hub.directory}/link.sock"
    os.symlink(hub.path, link)
    assert not _places.is_trusted(link)


def test_line_above_the_hubs_length_limit_is_not_sent(hub: Hub) -> None:
    assert _api._agent is not None
    _api._agent.tell({"t": "call", "s": "x", "end": "ok", "why": "a" * 70_000})
    with fusebox_agent.call("c"):
        pass
    hub.counted("c", ok=1)
    assert not hub.heard("call")


def test_limit_whose_value_cannot_be_read_does_not_stop_telemetry(hub: Hub) -> None:
    def read() -> float:
        raise RuntimeError("no configuration")

    fusebox_agent.strategy("pay", limits={
        "broken": Limit(read, minimum=1, maximum=5),
        "infinite": Limit(math.inf, minimum=1, maximum=math.inf),
        "max_wait": Limit(3.0, minimum=0, maximum=math.inf),
    })
    with fusebox_agent.call("pay"):
        pass
    hub.counted("pay", ok=1)
    assert hub.declared("pay")["limits"] == [
        {"name": "max_wait", "value": 3.0, "min": 0, "unit": "", "by": "policy", "pinned": False}]


def test_strategies_declared_in_short_order_are_sent_together(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_link, "TOGETHER", 0.5)
    turns = []
    turn = _link.Link._turn
    monkeypatch.setattr(_link.Link, "_turn", lambda link: (turns.append(1), turn(link)))
    hub.wait(lambda: hub.heard("hello"))
    time.sleep(2 * _link.INTERVAL)
    turns.clear()
    start = time.monotonic()
    for number in range(50):
        fusebox_agent.strategy(f"s{number}")
    hub.declared("s49")
    assert len(turns) <= 3 + (time.monotonic() - start) / _link.INTERVAL


def test_wait_for_further_lines_does_not_delay_forks_and_the_end(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_link, "TOGETHER", 60)
    with fusebox_agent.call("c"):
        pass
    time.sleep(2 * _link.INTERVAL)
    start = time.monotonic()
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)
    fusebox_agent.uninstall()
    assert time.monotonic() - start < 10
    hub.counted("c", ok=1)


def test_error_while_a_hold_is_handled_is_a_failure_of_the_other_call(hub: Hub) -> None:
    with fusebox_agent.call("c", hold=True):
        pass
    hub.declared("c")
    assert hub.order("c", "open")["ok"]
    with pytest.raises(Held), fusebox_agent.call("outer"):
        with fusebox_agent.call("c", hold=True):
            pass
    try:
        with fusebox_agent.call("c", hold=True):
            pass
    except Held:
        with pytest.raises(ValueError), fusebox_agent.call("other"):
            raise ValueError
    hub.counted("c", ok=1, rejected=2)
    hub.counted("outer", rejected=1, failed=0)
    assert hub.counted("other", failed=1, rejected=0)["errors"] == {"ValueError": 1}
