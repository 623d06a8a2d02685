"""celery: executions of tasks by a worker in this process."""

from __future__ import annotations

from typing import Any, Iterator, List

import celery
import httpx
import pytest
from celery.contrib.testing.worker import start_worker
from celery.exceptions import Ignore
from hub import Hub
from server import Server

RUNS: List[int] = []
"""The numbers of the retries that ran."""


class Outage(Exception):
    """The error of a task that is tried again."""


@pytest.fixture
def app(hub: Hub) -> Iterator[Any]:
    """An application with a worker."""
    RUNS.clear()
    app = celery.Celery("tested", broker="memory://", backend="cache+memory://", set_as_current=False)
    app.conf.update(
        worker_hijack_root_logger=False, broker_connection_retry_on_startup=False,
        broker_transport_options={"polling_interval": 0.01},
    )

    @app.task(name="auto", bind=True, autoretry_for=(Outage,), max_retries=2, default_retry_delay=0)
    def auto(task: Any, failures: int) -> int:
        RUNS.append(task.request.retries)
        if len(RUNS) <= failures:
            raise Outage()
        return 1

    @app.task(name="own", bind=True, max_retries=None, default_retry_delay=0)
    def own(task: Any, failures: int) -> int:
        RUNS.append(task.request.retries)
        if len(RUNS) <= failures:
            raise task.retry(exc=Outage())
        return 1

    @app.task(name="get")
    def get(url: str) -> int:
        return httpx.get(url).status_code

    @app.task(name="ignored")
    def ignored() -> None:
        raise Ignore()

    with start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=30):
        yield app


def run(app: Any, name: str, *arguments: Any) -> Any:
    """The result of a task."""
    return app.send_task(name, arguments).get(timeout=20)


def test_executions_and_their_retries_are_counted(hub: Hub, app: Any) -> None:
    assert run(app, "auto", 2) == 1
    total = hub.counted("celery/auto", ok=1, failed=2)
    assert total["attempts"] == 3 and total["errors"] == {"Outage": 2} and total["retries"] == {"0": 1, "1": 1, "2": 1}
    assert hub.declared("celery/auto")["limits"][0]["value"] == 3
    RUNS.clear()
    with pytest.raises(Outage):
        run(app, "auto", 9)
    hub.counted("celery/auto", ok=1, failed=5)


def test_operators_limit_of_attempts_applies_to_the_next_retry(hub: Hub, app: Any) -> None:
    run(app, "auto", 0)
    hub.declared("celery/auto")
    for limit, runs in ((1, 1), (5, 5)):
        RUNS.clear()
        assert hub.order("celery/auto", "set_limit", name="max_attempts", value=limit)["ok"]
        with pytest.raises(Outage):
            run(app, "auto", 9)
        assert len(RUNS) == runs
    RUNS.clear()
    assert hub.order("celery/auto", "set_limit", name="max_attempts", auto=True)["ok"]
    with pytest.raises(Outage):
        run(app, "auto", 9)
    assert len(RUNS) == 3


def test_operator_limits_a_task_without_a_limit_of_its_own(hub: Hub, app: Any) -> None:
    assert run(app, "own", 1) == 1
    assert hub.declared("celery/own")["limits"][0]["why"] == "the program sets no limit of attempts"
    RUNS.clear()
    assert hub.order("celery/own", "set_limit", name="max_attempts", value=4)["ok"]
    with pytest.raises(Outage):
        run(app, "own", 99)
    assert RUNS == [0, 1, 2, 3]
    hub.counted("celery/own", ok=1, failed=5)


def test_task_under_a_held_host_is_rejected(hub: Hub, app: Any) -> None:
    with Server((200, {}, {})) as server:
        run(app, "get", server.url)
        hub.declared(f"http/{server.host}")
        assert hub.order(f"http/{server.host}", "open", reason="vendor down")["ok"]
        with pytest.raises(httpx.ConnectError, match="is held by an operator: vendor down until"):
            run(app, "get", server.url)
        assert len(server.requests) == 1
    assert hub.counted("celery/get", ok=1, rejected=1, failed=0)["errors"] == {}


def test_ignored_task_is_neither_a_success_nor_a_failure(hub: Hub, app: Any) -> None:
    app.send_task("ignored")
    hub.counted("celery/ignored", cancelled=1, ok=0, failed=0)


def test_eager_executions_are_counted(hub: Hub, app: Any) -> None:
    assert app.tasks["auto"].apply((1,)).get() == 1
    hub.counted("celery/auto", ok=1, failed=1)
