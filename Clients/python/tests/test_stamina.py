from __future__ import annotations

import asyncio

import pytest
import stamina
from hub import Hub
from test_tenacity import failing

HERE = __name__


def test_its_functions_are_shown_by_their_names(hub: Hub) -> None:
    work, _ = failing(2)

    @stamina.retry(on=TimeoutError, attempts=5, wait_initial=0, wait_max=0, wait_jitter=0)
    def fetch() -> str:
        return work()

    assert fetch() == "done"
    s = f"{HERE}.test_its_functions_are_shown_by_their_names.fetch"
    total = hub.counted(s, ok=1)
    assert total["attempts"] == 3 and total["errors"] == {"TimeoutError": 2}
    assert hub.declared(s)["limits"][0]["value"] == 5


def test_its_coroutines_too(hub: Hub) -> None:
    work, _ = failing(1)

    @stamina.retry(on=TimeoutError, attempts=5, wait_initial=0, wait_max=0, wait_jitter=0)
    async def fetch() -> str:
        return work()

    assert asyncio.run(fetch()) == "done"
    hub.counted(f"{HERE}.test_its_coroutines_too.fetch", ok=1, attempts=2)


def test_its_limit_is_an_operators(hub: Hub) -> None:
    work, calls = failing(99)

    @stamina.retry(on=TimeoutError, attempts=5, wait_initial=0, wait_max=0, wait_jitter=0)
    def fetch() -> str:
        return work()

    with pytest.raises(TimeoutError):
        fetch()
    s = f"{HERE}.test_its_limit_is_an_operators.fetch"
    hub.declared(s)
    assert hub.order(s, "set_limit", name="max_attempts", value=2)["ok"]
    with pytest.raises(TimeoutError):
        fetch()
    assert len(calls) == 7


def test_an_operator_switches_it_off_and_gives_it_back(hub: Hub) -> None:
    work, calls = failing(99)

    @stamina.retry(on=TimeoutError, attempts=3, wait_initial=0, wait_max=0, wait_jitter=0)
    def fetch() -> str:
        return work()

    hub.declared("stamina")
    assert hub.order("stamina", "set_limit", name="active", value=0)["ok"]
    assert not stamina.is_active()
    with pytest.raises(TimeoutError):
        fetch()
    assert len(calls) == 1
    assert hub.order("stamina", "set_limit", name="active", auto=True)["ok"]
    assert stamina.is_active()
