"""Libraries whose versions are not supported are reported."""

from __future__ import annotations

import logging
from types import ModuleType, SimpleNamespace

import backoff
import fusebox_agent
import pytest
from fusebox_agent import _api
from fusebox_agent.hooks import HOOKS
from hub import Hub


def test_library_that_changed_is_not_hooked_in_part_and_is_reported_once(
    hub: Hub, caplog: pytest.LogCaptureFixture
) -> None:
    def retry_exception() -> None:
        pass

    changed = ModuleType(backoff.__name__)
    changed._sync = SimpleNamespace(retry_exception=retry_exception, retry_predicate=None)  # type: ignore[attr-defined]
    with fusebox_agent.call("c"):
        pass
    with caplog.at_level(logging.WARNING, "fusebox_agent"):
        for _ in range(2):
            with pytest.raises(AttributeError):
                HOOKS["backoff"](_api._agent, changed)
    assert changed._sync.retry_exception is retry_exception
    assert len(caplog.messages) == 1
    assert caplog.messages[0].startswith("backoff") and "_async" in caplog.messages[0]
    told = hub.wait(lambda: hub.heard("unsupported"))
    assert len(told) == 1 and told[0]["library"].startswith("backoff")
    # A hub that starts again receives the line again.
    hub.close()
    hub.listen()
    hub.wait(lambda: len(hub.heard("unsupported")) == 2)
