from __future__ import annotations

import asyncio
import threading
from typing import Any

import backoff
import pytest
from hub import Hub
from test_tenacity import failing

HERE = __name__


def test_attempts_and_outcomes_are_counted(hub: Hub) -> None:
    work, _ = failing(2)

    @backoff.on_exception(backoff.constant, TimeoutError, max_tries=5, interval=0)
    def fetch() -> str:
        return work()

    assert fetch() == "done"
    s = f"{HERE}.test_attempts_and_outcomes_are_counted.fetch"
    total = hub.counted(s, ok=1)
    assert total["attempts"] == 3 and total["errors"] == {"TimeoutError": 2}
    assert hub.declared(s)["limits"][0]["value"] == 5


def test_exhausted_tries_and_errors_not_retried_are_failures(hub: Hub) -> None:
    errors = iter([TimeoutError, TimeoutError, ValueError])

    @backoff.on_exception(backoff.constant, TimeoutError, max_tries=2, interval=0)
    def fetch() -> None:
        raise next(errors)

    with pytest.raises(TimeoutError):
        fetch()
    with pytest.raises(ValueError):
        fetch()
    s = f"{HERE}.test_exhausted_tries_and_errors_not_retried_are_failures.fetch"
    total = hub.counted(s, failed=2)
    assert total["attempts"] == 3 and total["errors"] == {"TimeoutError": 2, "ValueError": 1}


def test_result_rejected_by_the_predicate_is_a_failed_attempt(hub: Hub) -> None:
    results = iter([0, 0, 1])

    @backoff.on_predicate(backoff.constant, max_tries=5, interval=0, jitter=None)
    def fetch() -> int:
        return next(results)

    assert fetch() == 1
    s = f"{HERE}.test_result_rejected_by_the_predicate_is_a_failed_attempt.fetch"
    assert hub.counted(s, ok=1)["errors"] == {"(unwanted result)": 2}


def test_coroutines_and_their_cancellation_are_counted(hub: Hub) -> None:
    work, _ = failing(1)

    @backoff.on_exception(backoff.constant, TimeoutError, max_tries=5, interval=0)
    async def fetch(wait: float) -> str:
        await asyncio.sleep(wait)
        return work()

    async def main() -> None:
        assert await fetch(0) == "done"
        task = asyncio.ensure_future(fetch(100))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    s = f"{HERE}.test_coroutines_and_their_cancellation_are_counted.fetch"
    hub.counted(s, ok=1, cancelled=1, attempts=2)


def test_operators_max_tries_applies_from_the_next_call(hub: Hub) -> None:
    work, calls = failing(99)

    @backoff.on_exception(backoff.constant, TimeoutError, max_tries=5, interval=0)
    def fetch() -> str:
        return work()

    s = f"{HERE}.test_operators_max_tries_applies_from_the_next_call.fetch"
    hub.declared(s)
    assert hub.order(s, "set_limit", name="max_attempts", value=2)["ok"]
    with pytest.raises(TimeoutError):
        fetch()
    assert len(calls) == 2
    assert hub.order(s, "set_limit", name="max_attempts", auto=True)["ok"]
    with pytest.raises(TimeoutError):
        fetch()
    assert len(calls) == 7


def test_callable_max_tries_is_called_once_per_call(hub: Hub) -> None:
    work, _ = failing(99)
    readings = []

    def max_tries() -> int:
        readings.append(threading.current_thread())
        return 2 + len(readings)

    @backoff.on_exception(backoff.constant, TimeoutError, max_tries=max_tries, interval=0)
    def fetch() -> str:
        return work()

    s = f"{HERE}.test_callable_max_tries_is_called_once_per_call.fetch"

    def shown() -> Any:
        limit = hub.declared(s)["limits"][0]
        return limit["value"], limit["why"]

    assert shown() == (100, "the program sets it at each call")
    for value in (3, 4):
        with pytest.raises(TimeoutError):
            fetch()
        hub.wait(lambda: shown()[0] == value)
    assert readings == [threading.current_thread()] * 2


def test_operators_limit_replaces_a_callable_max_tries(hub: Hub) -> None:
    work, calls = failing(99)

    @backoff.on_exception(backoff.constant, TimeoutError, max_tries=lambda: 200, interval=0)
    def fetch() -> str:
        return work()

    s = f"{HERE}.test_operators_limit_replaces_a_callable_max_tries.fetch"
    hub.declared(s)
    assert hub.order(s, "set_limit", name="max_attempts", value=2)["ok"]
    with pytest.raises(TimeoutError):
        fetch()
    assert len(calls) == 2
    assert hub.order(s, "set_limit", name="max_attempts", auto=True)["ok"]
    assert fetch() == "done"
    limit = hub.wait(lambda: hub.declared(s)["limits"][0]["value"] == 200 and hub.declared(s)["limits"][0])
    assert limit["max"] == 200
