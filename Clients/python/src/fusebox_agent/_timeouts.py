"""Tells a cancellation by ``asyncio.timeout`` from one that the caller asked for.

Both raise ``CancelledError`` inside of the block. The time-out becomes a ``TimeoutError`` only where the block ends.
"""

from __future__ import annotations

import sys
import weakref
from typing import Any

from ._patch import wrap

_expired: "weakref.WeakKeyDictionary[Any, Any]" = weakref.WeakKeyDictionary()
"""The time-out that last cancelled a task."""


def hook(module: Any) -> None:
    """Follows the time-outs of ``asyncio.timeouts``."""

    def expire(original: Any) -> Any:
        def on_timeout(timeout: Any) -> None:
            original(timeout)
            _expired[timeout._task] = timeout

        return on_timeout

    wrap(module.Timeout, "_on_timeout", expire)


def is_timeout(error: BaseException) -> bool:
    """Whether an error is a cancellation of the current task by a time-out whose block has not ended yet."""
    asyncio = sys.modules.get("asyncio")
    if asyncio is None or not _expired or not isinstance(error, asyncio.CancelledError):
        return False
    try:
        return is_expiring(asyncio.current_task())
    except RuntimeError:  # No event loop runs.
        return False


def is_expiring(task: Any) -> bool:
    """Whether a time-out whose block has not ended yet cancels a task, which may be ``None``."""
    timeout = None if task is None else _expired.get(task)
    state: Any = getattr(timeout, "_state", None)
    return getattr(state, "value", None) == "expiring"
