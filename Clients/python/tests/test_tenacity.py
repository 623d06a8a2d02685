from __future__ import annotations

import asyncio
import sys

import pytest
import tenacity
from hub import Hub
from tenacity import AsyncRetrying, Retrying, retry, stop_after_attempt, stop_after_delay, wait_none

HERE = __name__


def failing(times: int):
    """Returns a function that fails ``times`` times and then succeeds, and the list of its calls."""
    calls = []

    def work() -> str:
        calls.append(1)
        if len(calls) <= times:
            raise TimeoutError
        return "done"

    return work, calls


def name(function: str) -> str:
    return f"{HERE}.{function}"


def test_every_attempt_and_outcome_is_counted(hub: Hub) -> None:
    work, _ = failing(2)

    @retry(stop=stop_after_attempt(5), wait=wait_none())
    def fetch() -> str:
        return work()

    assert fetch() == "done"
    s = name("test_every_attempt_and_outcome_is_counted.fetch")
    total = hub.counted(s, ok=1)
    assert total["attempts"] == 3 and total["retries"] == {"2": 1} and total["errors"] == {"TimeoutError": 2}
    assert hub.declared(s)["limits"][0]["value"] == 5


def test_call_that_gives_up_is_a_failure(hub: Hub) -> None:
    @retry(stop=stop_after_attempt(3), wait=wait_none())
    def fetch() -> None:
        raise ValueError

    with pytest.raises(tenacity.RetryError):
        fetch()
    total = hub.counted(name("test_call_that_gives_up_is_a_failure.fetch"), failed=1)
    assert total["attempts"] == 3 and total["errors"] == {"ValueError": 3} and total["retries"] == {"2": 1}


def test_error_that_is_not_retried_is_a_failure_with_one_attempt(hub: Hub) -> None:
    @retry(retry=tenacity.retry_if_exception_type(OSError))
    def fetch() -> None:
        raise ValueError

    with pytest.raises(ValueError):
        fetch()
    hub.counted(name("test_error_that_is_not_retried_is_a_failure_with_one_attempt.fetch"), failed=1, attempts=1)


def test_unwanted_result_is_a_failed_attempt(hub: Hub) -> None:
    results = iter([None, None, 7])

    @retry(retry=tenacity.retry_if_result(lambda r: r is None))
    def fetch() -> object:
        return next(results)

    assert fetch() == 7
    total = hub.counted(name("test_unwanted_result_is_a_failed_attempt.fetch"), ok=1)
    assert total["attempts"] == 3 and total["errors"] == {"(unwanted result)": 2}


def test_result_of_retry_error_callback_is_a_fallback(hub: Hub) -> None:
    @retry(stop=stop_after_attempt(2), retry_error_callback=lambda state: "cached")
    def fetch() -> str:
        raise ValueError

    assert fetch() == "cached"
    hub.counted(name("test_result_of_retry_error_callback_is_a_fallback.fetch"), ok=1, fallback=1, attempts=2)


def test_coroutine_is_counted_like_a_function(hub: Hub) -> None:
    work, _ = failing(1)

    @retry(stop=stop_after_attempt(5), wait=wait_none())
    async def fetch() -> str:
        await asyncio.sleep(0)
        return work()

    assert asyncio.run(fetch()) == "done"
    hub.counted(name("test_coroutine_is_counted_like_a_function.fetch"), ok=1, attempts=2)


def test_cancelled_coroutine_is_counted_as_cancelled(hub: Hub) -> None:
    @retry(stop=stop_after_attempt(5))
    async def fetch() -> None:
        await asyncio.sleep(100)

    async def main() -> None:
        task = asyncio.ensure_future(fetch())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    hub.counted(name("test_cancelled_coroutine_is_counted_as_cancelled.fetch"), cancelled=1, attempts=0)


def loop(times: int) -> str:
    work, _ = failing(times)
    for attempt in Retrying(stop=stop_after_attempt(5)):
        with attempt:
            return work()
    raise AssertionError


async def async_loop(times: int) -> None:
    work, _ = failing(times)
    async for attempt in AsyncRetrying(stop=stop_after_attempt(5)):
        with attempt:
            work()


def test_loop_is_named_after_its_enclosing_function(hub: Hub) -> None:
    assert loop(2) == "done"
    asyncio.run(async_loop(1))
    total = hub.counted(name("loop"), ok=1)
    assert total["attempts"] == 3 and total["cancelled"] == 0
    hub.counted(name("async_loop"), ok=1, attempts=2)


def test_loop_whose_last_attempt_failed_is_a_failure(hub: Hub) -> None:
    with pytest.raises(tenacity.RetryError):
        loop(9)
    hub.counted(name("loop"), failed=1, attempts=5)


def test_operators_limit_of_attempts_applies_from_the_next_call(hub: Hub) -> None:
    calls = []

    @retry(stop=stop_after_attempt(5) | stop_after_delay(100))
    def fetch() -> None:
        calls.append(1)
        if len(calls) == 1:
            assert hub.order(s, "set_limit", name="max_attempts", value=2)["ok"]
        raise ValueError

    s = name("test_operators_limit_of_attempts_applies_from_the_next_call.fetch")
    for expected in (5, 7):
        with pytest.raises(tenacity.RetryError):
            fetch()
        assert len(calls) == expected
    assert hub.order(s, "set_limit", name="max_attempts", value=8)["ok"]
    with pytest.raises(tenacity.RetryError):
        fetch()
    assert len(calls) == 15
    assert hub.order(s, "set_limit", name="max_attempts", auto=True)["ok"]
    with pytest.raises(tenacity.RetryError):
        fetch()
    assert len(calls) == 20


def test_operators_limit_applies_to_coroutines_without_a_limit_of_their_own(hub: Hub) -> None:
    calls = []

    @retry(stop=stop_after_delay(100))
    async def fetch() -> None:
        calls.append(1)
        if len(calls) == 3 and not hub.heard("ack"):
            raise asyncio.CancelledError
        raise ValueError

    s = name("test_operators_limit_applies_to_coroutines_without_a_limit_of_their_own.fetch")
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(fetch())
    assert hub.declared(s)["limits"][0]["why"] == "the program sets no limit of attempts"
    assert hub.order(s, "set_limit", name="max_attempts", value=4)["ok"]
    calls.clear()
    with pytest.raises(tenacity.RetryError):
        asyncio.run(fetch())
    assert len(calls) == 4


def test_uninstall_restores_the_library() -> None:
    assert not hasattr(tenacity.RetryCallState.__init__, "__wrapped__")
    assert "fusebox" not in sys.modules["tenacity"].__dict__
