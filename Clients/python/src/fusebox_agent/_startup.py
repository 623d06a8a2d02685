"""The start of a process that ``fusebox-agent run`` or ``python -m fusebox_agent`` made an agent.

It runs at the start of every child process, so it and the modules that it imports load little of the standard library.
"""

from __future__ import annotations

import atexit
import os
import sys

from ._imports import imports
from ._places import is_off
from .hooks import HOOKS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Mapping

API = f"{__package__}._api"

_has_begun = False
_fork_server = 0
"""The process id of ``multiprocessing``'s fork server; 0 in all other processes."""


def begin(environment: Mapping[str, str]) -> None:
    """Makes this process an agent when it imports a hooked library or uses this package."""
    global _has_begun, _fork_server
    if _has_begun or is_off(environment):
        return
    _has_begun = True
    if any("multiprocessing.forkserver" in argument for argument in command_line()):
        _fork_server = os.getpid()
    for library in HOOKS:
        imports.when_imported(library, _load)
    imports.when_imported(API, _prepare)
    # Registered first, so it runs last: calls in the program's exit functions are counted too.
    atexit.register(_close)


def command_line() -> List[str]:
    """The command line of this process with the interpreter's options; empty if it is not known."""
    if sys.version_info >= (3, 10):
        return sys.orig_argv
    try:
        with open("/proc/self/cmdline", "rb") as file:
            return [os.fsdecode(argument) for argument in file.read().split(b"\0")[:-1]]
    except OSError:  # Not on Linux.
        return []


def has_begun() -> bool:
    """Whether this process is an agent because of its environment."""
    return _has_begun


def is_fork_server() -> bool:
    """Whether this process only forks ``multiprocessing``'s child processes. It is no agent, its children are."""
    return _fork_server == os.getpid()


def _load(library: Any) -> None:
    """Loads the rest of the package, which replaces this hook of each library by its own."""
    from . import _api

    _api.prepare()


def _prepare(api: Any) -> None:
    api.prepare()


def _close() -> None:
    api = sys.modules.get(API)
    if api is not None:
        api.close()
