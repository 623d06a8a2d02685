from __future__ import annotations

from typing import Iterator

import fusebox_agent
import pytest
from fusebox_agent import _link
from hub import Hub

# So that tests need not wait long for what is told.
_link.INTERVAL = 0.05


@pytest.fixture
def hub() -> Iterator[Hub]:
    """A hub that listens, with this process installed at it."""
    hub = Hub().listen()
    fusebox_agent.install("tested", socket=hub.path)
    yield hub
    fusebox_agent.uninstall()
    hub.remove()
