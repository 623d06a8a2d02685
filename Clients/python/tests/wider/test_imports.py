"""Libraries that are imported after the call of ``install()``, as in a program under ``python -m fusebox_agent``."""

from __future__ import annotations

import subprocess
import sys

from hub import Hub

PROGRAM = """
import importlib, sys
import fusebox_agent

fusebox_agent.install("imports", socket=sys.argv[1])

from fusebox_agent import _api
from fusebox_agent._imports import imports
from fusebox_agent.hooks import HOOKS

for name in HOOKS:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError:  # It is only in some versions, or not installed.
        continue
    assert not imports.watches(name), f"{name} was imported without its hook"
print(_api._agent.unsupported_libraries)
"""


def test_each_library_is_hooked_when_it_is_imported(hub: Hub) -> None:
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM, hub.path]
    assert subprocess.run(command, capture_output=True, text=True, check=True, timeout=300).stdout == "[]\n"
