from __future__ import annotations

import asyncio

import pytest
import stamina
from hub import Hub
from test_tenacity import failing

HERE = __name__


def test_functions_are_reported_by_name(hub: Hub) -> None:
    work, _ = failing(2)

    @stamina.retry(on=TimeoutError, attempts=5, wait_initial=0, wait_max=0, wait_jitter=0)
    def fetch() -> str:
        return work()

    assert fetch() == "done"
    s = f"{HERE}.test_functions_are_reported_by_name.fetch"
    total = hub.counted(s, ok=1)
    assert total["attempts"] == 3 and total["errors"] == {"TimeoutError": 2}
    assert hub.declared(s)["limits"][0]["value"] == 5


def test_coroutines_are_counted(hub: Hub) -> None:
    work, _ = failing(1)

    @stamina.retry(on=TimeoutError, attempts=5, wait_initial=0, wait_max=0, wait_jitter=0)
    async def fetch() -> str:
        return work()

    assert asyncio.run(fetch()) == "done"
    hub.counted(f"{HERE}.test_coroutines_are_counted.fetch", ok=1, attempts=2)


def test_operator_sets_the_limit_of_attempts(hub: Hub) -> None:
    work, calls = failing(99)

    @stamina.retry(on=TimeoutError, attempts=5, wait_initial=0, wait_max=0, wait_jitter=0)
    def fetch() -> str:
        return work()

    with pytest.raises(TimeoutError):
        fetch()
    s = f"{HERE}.test_operator_sets_the_limit_of_attempts.fetch"
    hub.declared(s)
    assert hub.order(s, "set_limit", name="max_attempts", value=2)["ok"]
    with pytest.raises(TimeoutError):
        fetch()
    assert len(calls) == 7


def test_operator_disables_and_enables_retries(hub: Hub) -> None:
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
