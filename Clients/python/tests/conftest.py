from __future__ import annotations

import signal
from pathlib import Path
from typing import Any, Iterator, Optional

import fusebox_agent
import pytest
from fusebox_agent import _link
from hub import Hub

# A shell ignores SIGINT in background jobs, and the processes that tests start would inherit this.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
# A short interval keeps the tests fast.
_link.INTERVAL = 0.05


WIDER = Path(__file__).parent / "wider"
"""The tests of libraries that CI does not install: ``pytest tests/wider``."""


def pytest_ignore_collect(collection_path: Path, config: Any) -> Optional[bool]:
    is_named = any(Path(argument.partition("::")[0]).resolve().is_relative_to(WIDER) for argument in config.args)
    return True if collection_path == WIDER and not is_named else None


@pytest.fixture
def hub() -> Iterator[Hub]:
    """A test hub to which this process is connected."""
    hub = Hub().listen()
    fusebox_agent.install("tested", socket=hub.path)
    yield hub
    fusebox_agent.uninstall()
    hub.remove()
