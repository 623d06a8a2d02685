"""Every worker process of real servers is an agent."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Iterator, List, Set

import pytest
from hub import Hub

SOURCE = str(Path(__file__).parent.parent / "src")

UVICORN = """
import tenacity

@tenacity.retry
def work(): pass

async def app(scope, receive, send):
    if scope["type"] == "http":
        work()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"connection", b"close")]})
        await send({"type": "http.response.body", "body": b""})
"""
CELERY = """
import threading, celery, celery.signals, tenacity

app = celery.Celery("service", broker="memory://")

@tenacity.retry
def work(): pass

@app.task
def task(): work()

@celery.signals.worker_ready.connect
def ready(**_):
    def send():
        while not threading.Event().wait(0.05): task.delay()
    threading.Thread(target=send, daemon=True).start()
"""
DRAMATIQ = """
import dramatiq, tenacity
from dramatiq.brokers.stub import StubBroker

class Begin(dramatiq.Middleware):
    def after_worker_boot(self, broker, worker): task.send()

broker = StubBroker()
broker.add_middleware(Begin())
dramatiq.set_broker(broker)

@tenacity.retry
def work(): pass

@dramatiq.actor
def task(): work()
"""


@contextmanager
def running(folder: Path, program: str, *line: str) -> "Iterator[Hub]":
    """Runs a server with ``-m fusebox_agent`` until the block ends."""
    (folder / "service.py").write_text(program)
    hub = Hub().listen()
    server = subprocess.Popen(
        [sys.executable, "-m", "fusebox_agent", *line], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        start_new_session=True, env={
            **os.environ, "PYTHONPATH": f"{SOURCE}:{folder}", "FUSEBOX_SOCKET": hub.path, "C_FORCE_ROOT": "1",
            "PATH": f"{os.path.dirname(sys.executable)}:{os.environ['PATH']}", "PYTHONWARNINGS": "ignore"})
    output: List[bytes] = []
    assert server.stdout is not None
    reader = threading.Thread(target=output.extend, args=(server.stdout,), daemon=True)
    reader.start()
    try:
        yield hub
        server.send_signal(signal.SIGTERM)
        server.wait(30)
    except AssertionError as error:
        raise AssertionError(f"{error}\n{b''.join(output).decode()}") from None
    finally:
        try:
            os.killpg(server.pid, signal.SIGKILL)  # Workers that are left after a failure.
        except ProcessLookupError:
            pass
        server.wait()
        hub.remove()


def workers(hub: Hub, name: str) -> Set[int]:
    """The process ids of the agents that have counted a call."""
    counted = {delta["peer"] for delta in hub.heard("delta", "service.work") if delta["ok"]}
    return {hello["pid"] for hello in hub.heard("hello") if hello["peer"] in counted and hello["agent"] == name}


@pytest.mark.parametrize("form", [["uvicorn"], ["-m", "uvicorn"]])
def test_every_worker_of_uvicorn_is_an_agent(tmp_path: Path, form: List[str]) -> None:
    pytest.importorskip("uvicorn")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with running(tmp_path, UVICORN, *form, "service:app", "--workers", "2", "--port", str(port)) as hub:
        def both() -> bool:
            connection = HTTPConnection("127.0.0.1", port, timeout=10)
            try:
                connection.request("GET", "/")
                connection.getresponse().read()
            except (OSError, HTTPException):  # The server is starting.
                pass
            finally:
                connection.close()
            return len(workers(hub, "uvicorn")) == 2

        hub.poll(both)
        assert len(hub.heard("hello")) == 2  # The supervisor imports no hooked library.


def test_every_worker_of_celery_is_an_agent(tmp_path: Path) -> None:
    pytest.importorskip("celery")
    with running(tmp_path, CELERY, "celery", "-A", "service", "worker", "-P", "prefork", "-c", "2") as hub:
        hub.wait(lambda: len(workers(hub, "celery")) == 2)


@pytest.mark.parametrize("options", [[], ["--use-spawn"]])
def test_every_worker_of_dramatiq_is_an_agent(tmp_path: Path, options: List[str]) -> None:
    pytest.importorskip("dramatiq")
    with running(tmp_path, DRAMATIQ, "dramatiq", "service", "-p", "2", "-t", "1", *options) as hub:
        hub.wait(lambda: len(workers(hub, "dramatiq")) == 2)
