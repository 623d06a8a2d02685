"""Errors inside the hooks do not affect the program's calls."""

from __future__ import annotations

from typing import Any

import backoff
import fusebox_agent
import httpx
import pytest
import stamina
import tenacity
from fusebox_agent._strategy import Call, Strategy
from hub import Hub
from server import CHAT, Server
from test_breakers import (
    of_aiobreaker, of_circuitbreaker, of_purgatory, of_pybreaker, of_pybreaker_block)
from test_http import of_openai


def broken(*arguments: Any) -> Any:
    raise RuntimeError("inside")


@pytest.mark.parametrize("owner, name", [
    (Strategy, "begin"), (Call, "attempt"), (Call, "end"), (Call, "waits"), (Call, "finish")])
def test_every_library_works_when_hooks_fail(hub: Hub, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> None:
    lives = [make() for make in (of_aiobreaker, of_circuitbreaker, of_purgatory, of_pybreaker, of_pybreaker_block)]
    monkeypatch.setattr(owner, name, broken)
    results = iter([TimeoutError, None] * 3)

    def work() -> str:
        error = next(results)
        if error:
            raise error
        return "done"

    assert tenacity.retry(work)() == "done"
    assert stamina.retry(on=TimeoutError, wait_initial=0, wait_max=0, wait_jitter=0)(work)() == "done"
    assert backoff.on_exception(backoff.constant, TimeoutError, interval=0)(work)() == "done"
    for life in lives:
        life.go(False)
        for _ in range(3):
            with pytest.raises(Exception):
                life.go(True)
        with pytest.raises(life.error):
            life.go(False)
    with Server((503, {"retry-after": "0.01"}, {}), (200, {}, CHAT)) as server:
        assert httpx.get(server.url).status_code == 503
        assert of_openai(server.url, 2)().choices[0].message.content == "hi"
    with fusebox_agent.call("c") as call:
        call.retry("x")
