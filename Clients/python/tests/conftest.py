from __future__ import annotations

from typing import Iterator

import fusebox_agent
import pytest
from fusebox_agent import _link
from hub import Hub

# A short interval keeps the tests fast.
_link.INTERVAL = 0.05


@pytest.fixture
def hub() -> Iterator[Hub]:
    """A test hub to which this process is connected."""
    hub = Hub().listen()
    fusebox_agent.install("tested", socket=hub.path)
    yield hub
    fusebox_agent.uninstall()
    hub.remove()
