"""The same tests for pybreaker, aiobreaker, circuitbreaker and purgatory."""

from __future__ import annotations

import asyncio
import copy
import datetime
import threading
import unittest.mock
from typing import Any, Callable, Iterator, Type

import aiobreaker
import backoff
import circuitbreaker
import fusebox_agent
import purgatory
import pybreaker
import pytest
import stamina
import tenacity
from hub import Hub

Go = Callable[[bool], None]


class Life:
    """A breaker that opens after three failures, with a function to call through it and its rejection error."""

    def __init__(self, name: str, error: Type[BaseException], go: Go, after: Callable[[], None]) -> None:
        self.name = name
        self.error = error
        self.go = go
        self.after = after
        """Moves time past the open duration, so that the breaker admits a probe."""


def work(fails: bool) -> str:
    if fails:
        raise TimeoutError
    return "done"


async def work_async(fails: bool) -> str:
    return work(fails)


def of_pybreaker() -> Life:
    breaker = pybreaker.CircuitBreaker(fail_max=3, reset_timeout=60, name="pay")
    return Life("pay", pybreaker.CircuitBreakerError, lambda fails: breaker.call(work, fails),
                lambda: setattr(breaker, "reset_timeout", 0))


def of_pybreaker_block() -> Life:
    breaker = pybreaker.CircuitBreaker(fail_max=3, reset_timeout=60, name="pay")

    def go(fails: bool) -> None:
        with breaker.calling():
            work(fails)

    return Life("pay", pybreaker.CircuitBreakerError, go, lambda: setattr(breaker, "reset_timeout", 0))


def of_aiobreaker() -> Life:
    breaker = aiobreaker.CircuitBreaker(fail_max=3, timeout_duration=datetime.timedelta(minutes=1), name="pay")
    return Life("pay", aiobreaker.CircuitBreakerError,
                lambda fails: asyncio.run(breaker.call_async(work_async, fails)),
                lambda: setattr(breaker, "timeout_duration", datetime.timedelta()))


def of_aiobreaker_sync() -> Life:
    breaker = aiobreaker.CircuitBreaker(fail_max=3, timeout_duration=datetime.timedelta(minutes=1), name="pay")
    return Life("pay", aiobreaker.CircuitBreakerError, lambda fails: breaker.call(work, fails),
                lambda: setattr(breaker, "timeout_duration", datetime.timedelta()))


def of_circuitbreaker() -> Life:
    breaker = circuitbreaker.CircuitBreaker(failure_threshold=3, recovery_timeout=60, name="pay")
    return Life("pay", circuitbreaker.CircuitBreakerError, breaker(work),
                lambda: setattr(breaker, "_opened", breaker._opened - 99))


def of_circuitbreaker_async() -> Life:
    breaker = circuitbreaker.CircuitBreaker(failure_threshold=3, recovery_timeout=60, name="pay")
    decorated = breaker(work_async)
    return Life("pay", circuitbreaker.CircuitBreakerError, lambda fails: asyncio.run(decorated(fails)),
                lambda: setattr(breaker, "_opened", breaker._opened - 99))


def of_purgatory() -> Life:
    factory = purgatory.SyncCircuitBreakerFactory(default_threshold=3, default_ttl=60)

    def go(fails: bool) -> None:
        with factory.get_breaker("pay"):
            work(fails)

    return Life("pay", purgatory.domain.model.OpenedState, go,
                lambda: setattr(factory.get_breaker("pay").context, "ttl", -1))


def of_purgatory_async() -> Life:
    factory = purgatory.AsyncCircuitBreakerFactory(default_threshold=3, default_ttl=60)

    async def go(fails: bool) -> None:
        async with await factory.get_breaker("pay"):
            await work_async(fails)

    async def wait() -> None:
        (await factory.get_breaker("pay")).context.ttl = -1

    return Life("pay", purgatory.domain.model.OpenedState, lambda fails: asyncio.run(go(fails)),
                lambda: asyncio.run(wait()))


@pytest.fixture(params=[
    of_pybreaker, of_pybreaker_block, of_aiobreaker, of_aiobreaker_sync, of_circuitbreaker,
    of_circuitbreaker_async, of_purgatory, of_purgatory_async], ids=lambda make: make.__name__)
def life(hub: Hub, request: Any) -> Life:
    return request.param()  # type: ignore[no-any-return]


def fail(life: Life, times: int) -> None:
    for _ in range(times):
        with pytest.raises(Exception):
            life.go(True)


def test_outcomes_states_and_rejections_are_reported(hub: Hub, life: Life) -> None:
    life.go(False)
    fail(life, 3)
    with pytest.raises(life.error):
        life.go(False)
    total = hub.counted(life.name, ok=1, failed=3, rejected=1)
    assert total["attempts"] == 4 and total["errors"] == {"TimeoutError": 3}
    opened = hub.heard("breaker", life.name)[-1]
    assert (opened["from"], opened["to"], opened["why"]) == ("closed", "open", "3 consecutive failures")
    assert 59_000 < opened["probe_in_ms"] <= 60_000
    life.after()
    life.go(False)
    hub.counted(life.name, ok=2)
    assert [(b["to"], b["why"]) for b in hub.heard("breaker", life.name)[1:]] == [
        ("half_open", "time to probe"), ("closed", "the probe succeeded")]


def test_failed_probe_reopens_the_breaker(hub: Hub, life: Life) -> None:
    fail(life, 3)
    life.after()
    fail(life, 1)
    hub.counted(life.name, failed=4)
    assert hub.heard("breaker", life.name)[-1]["why"] == "the probe failed"


def test_operator_holds_a_breaker_open_and_resets_it(hub: Hub, life: Life) -> None:
    fail(life, 2)
    hub.declared(life.name)
    assert hub.order(life.name, "open")["ok"]
    with pytest.raises(life.error):
        life.go(False)
    assert hub.order(life.name, "reset")["ok"]
    # Its counts are cleared: two more failures do not open it.
    fail(life, 2)
    life.go(False)
    hub.counted(life.name, ok=1, failed=4, rejected=1)
    assert [b["to"] for b in hub.heard("breaker", life.name)] == ["forced_open", "closed"]


def test_operator_resets_a_breaker_opened_by_its_policy(hub: Hub, life: Life) -> None:
    fail(life, 3)
    hub.declared(life.name)
    assert hub.order(life.name, "reset")["ok"]
    life.go(False)
    hub.counted(life.name, ok=1, failed=3, rejected=0)


def test_operator_makes_a_breaker_probe(hub: Hub, life: Life) -> None:
    fail(life, 3)
    hub.declared(life.name)
    assert hub.order(life.name, "half_open")["ok"]
    life.go(False)
    hub.counted(life.name, ok=1, rejected=0)
    assert hub.heard("breaker", life.name)[-1]["to"] == "closed"


def test_operator_changes_the_failure_threshold(hub: Hub, life: Life) -> None:
    life.go(False)
    assert hub.declared(life.name)["limits"][0]["value"] == 3
    assert hub.order(life.name, "set_limit", name="failure_threshold", value=1)["ok"]
    fail(life, 1)
    with pytest.raises(life.error):
        life.go(False)
    assert hub.order(life.name, "set_limit", name="failure_threshold", auto=True)["ok"]
    assert hub.order(life.name, "reset")["ok"]
    fail(life, 2)
    life.go(False)
    hub.counted(life.name, ok=2, failed=3, rejected=1)


def test_pybreaker_command_does_not_wait_for_the_lock_of_a_call(hub: Hub) -> None:
    breaker = pybreaker.CircuitBreaker(fail_max=3, name="slow")
    begun, let_go = threading.Event(), threading.Event()

    def wait() -> None:
        begun.set()
        assert let_go.wait(20)

    thread = threading.Thread(target=lambda: breaker.call(wait))
    thread.start()
    assert begun.wait(20)
    hub.declared("slow")
    assert hub.order("slow", "open")["ok"]
    # A rejected call does not wait for the lock either.
    with pytest.raises(pybreaker.CircuitBreakerError):
        breaker.call(work, False)
    assert hub.order("slow", "reset")["ok"]
    assert hub.order("slow", "set_limit", name="failure_threshold", value=9)["ok"]
    let_go.set()
    thread.join()
    hub.counted("slow", ok=1, rejected=1)


def test_pybreaker_excluded_error_is_a_success(hub: Hub) -> None:
    breaker = pybreaker.CircuitBreaker(fail_max=3, name="pay", exclude=[TimeoutError])
    with pytest.raises(TimeoutError):
        breaker.call(work, True)
    hub.counted("pay", ok=1, failed=0)


def test_pybreaker_excluded_error_in_a_block_is_a_success(hub: Hub) -> None:
    breaker = pybreaker.CircuitBreaker(fail_max=3, name="pay", exclude=[TimeoutError])
    with pytest.raises(TimeoutError), breaker.calling():
        work(True)
    with pytest.raises(KeyError), breaker.calling():
        raise KeyError
    total = hub.counted("pay", ok=1, failed=1)
    assert total["errors"] == {"KeyError": 1}


@pytest.mark.parametrize("library", [pybreaker, aiobreaker], ids=lambda library: library.__name__)
def test_generator_receives_sent_and_thrown_values_and_is_one_call(hub: Hub, library: Any) -> None:
    breaker = library.CircuitBreaker(fail_max=3, name="pay")

    @breaker
    def echo() -> Iterator[Any]:
        got = yield "first"
        while got:
            got = yield got

    talk = echo()
    assert [next(talk), talk.send(1), talk.send(2)] == ["first", 1, 2]
    assert list(talk) == []
    hub.counted("pay", ok=1, failed=0)
    talk = echo()
    next(talk)
    with pytest.raises(KeyError):
        talk.throw(KeyError())
    hub.counted("pay", ok=1, failed=1)
    assert breaker.fail_counter == 1


def test_pybreaker_mock_is_counted_like_a_function(hub: Hub) -> None:
    breaker = pybreaker.CircuitBreaker(fail_max=3, name="pay")
    breaker.call(unittest.mock.MagicMock())
    hub.counted("pay", ok=1)


def test_pybreaker_subclass_with_its_own_counter_reports_failures(hub: Hub) -> None:
    class Own(pybreaker.CircuitBreaker):
        def _inc_counter(self) -> None:
            self._state_storage.increment_counter()

    breaker = Own(fail_max=3, name="pay")
    with pytest.raises(TimeoutError):
        breaker.call(work, True)
    hub.counted("pay", ok=0, failed=1)


@pytest.mark.parametrize("library", [pybreaker, aiobreaker], ids=lambda library: library.__name__)
def test_breaker_opened_by_the_program_is_reported_as_opened(hub: Hub, library: Any) -> None:
    library.CircuitBreaker(fail_max=3, name="pay").open()
    opened = hub.wait(lambda: hub.heard("breaker", "pay"))[-1]
    assert (opened["to"], opened["why"]) == ("open", "opened")


def test_pybreaker_without_a_name_is_named_after_its_source_line(hub: Hub) -> None:
    pybreaker.CircuitBreaker().call(work, False)
    hub.wait(lambda: [s for s in hub.heard("strategy") if s["s"].startswith(f"pybreaker/{__name__}:")])


def test_second_breaker_of_the_same_name_gets_a_number(hub: Hub) -> None:
    one, two = (pybreaker.CircuitBreaker(name="pay") for _ in range(2))
    one.call(work, False)
    two.call(work, False)
    hub.counted("pay", ok=1)
    hub.counted("pay#2", ok=1)


def test_circuitbreaker_fallback_is_counted_as_a_rejection(hub: Hub) -> None:
    breaker = circuitbreaker.CircuitBreaker(failure_threshold=1, name="pay", fallback_function=lambda fails: "cached")
    decorated = breaker(work)
    with pytest.raises(TimeoutError):
        decorated(True)
    assert decorated(False) == "cached"
    hub.counted("pay", failed=1, rejected=1, fallback=1)


def test_copied_circuitbreaker_is_another_breaker(hub: Hub) -> None:
    breaker = circuitbreaker.CircuitBreaker(failure_threshold=3, name="pay")
    breaker(work)(False)
    copy.deepcopy(breaker)(work)(False)
    hub.counted("pay", ok=1)
    hub.counted("pay#2", ok=1)


def test_hooks_add_no_name_to_a_module() -> None:
    modules = [aiobreaker, backoff, circuitbreaker, purgatory, pybreaker, stamina, tenacity]
    before = [set(dir(module)) for module in modules]
    classes = [value for module in modules for value in vars(module).values() if isinstance(value, type)]
    members = [set(vars(each)) for each in classes]
    fusebox_agent.install("tested", socket="/nowhere")
    try:
        assert hasattr(pybreaker.CircuitBreaker.call, "__wrapped__")
        assert [set(dir(module)) for module in modules] == before
        assert [set(vars(each)) for each in classes] == members
    finally:
        fusebox_agent.uninstall()
