"""The activities of temporalio. They run as in a worker, without a server, which decides on retries."""

from __future__ import annotations

import asyncio
import concurrent.futures
import dataclasses
import threading
from types import SimpleNamespace
from typing import Any, Callable

import httpx
import pytest
from hub import Hub
from server import Server
from temporalio import activity, converter
from temporalio.testing import ActivityEnvironment
from temporalio.worker import ExecuteActivityInput, _activity

S = "temporalio/pay"


def execute(run: Callable[..., Any], attempt: int = 1) -> Any:
    """Executes an activity by the innermost part of a worker."""
    events = SimpleNamespace(thread_event=threading.Event())
    worker: Any = SimpleNamespace(_data_converter=converter.DataConverter.default, _worker_shutdown_event=events)
    running: Any = SimpleNamespace(cancelled_event=events, cancel_thread_raiser=None)
    environment = ActivityEnvironment()
    environment.info = dataclasses.replace(environment.info, activity_type="pay", attempt=attempt)
    with concurrent.futures.ThreadPoolExecutor() as threads:
        execution = ExecuteActivityInput(fn=run, args=(), executor=threads, headers={})

        async def main() -> Any:
            return await environment.run(_activity._ActivityInboundImpl(worker, running).execute_activity, execution)

        return asyncio.run(main())


async def succeed() -> str:
    return "ok"


async def fail() -> str:
    raise ValueError("busy")


def fail_in_a_thread() -> str:
    raise KeyError("busy")


def test_executions_are_counted_with_the_number_of_their_retry(hub: Hub) -> None:
    assert execute(succeed) == "ok"
    for run, error in ((fail, ValueError), (fail_in_a_thread, KeyError)):
        with pytest.raises(error):
            execute(run)
    assert execute(succeed, attempt=3) == "ok"
    total = hub.counted(S, ok=2, failed=2)
    assert total["errors"] == {"ValueError": 1, "KeyError": 1} and total["retries"] == {"0": 3, "2": 1}
    assert hub.declared(S)["target"] == "test"


def test_activity_that_is_completed_elsewhere_is_neither_a_success_nor_a_failure(hub: Hub) -> None:
    async def later() -> None:
        activity.raise_complete_async()

    with pytest.raises(BaseException):
        execute(later)
    total = hub.counted(S, cancelled=1)
    assert total["ok"] == total["failed"] == 0


def test_execution_under_a_held_host_is_rejected(hub: Hub) -> None:
    with Server((200, {}, {})) as server:
        async def ask() -> int:
            async with httpx.AsyncClient() as client:
                return (await client.get(server.url)).status_code

        assert execute(ask) == 200
        hub.declared(f"http/{server.host}")
        assert hub.order(f"http/{server.host}", "open")["ok"]
        with pytest.raises(httpx.ConnectError):
            execute(ask)
        assert len(server.requests) == 1
    hub.counted(S, ok=1, rejected=1)
