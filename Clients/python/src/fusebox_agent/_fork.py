"""A false warning of Python 3.13 about forks."""

from __future__ import annotations

import os
import sys
import warnings
from time import monotonic
from typing import Any, Optional

SOON = 0.1
"""Seconds after which a fork has counted the threads."""
COUNTS_LATE = sys.version_info[:2] == (3, 13)


class LateWarning:
    """Suppresses the warning that the forked process had threads, if it had none.

    Python 3.13 counts the threads after the functions of ``os.register_at_fork``, so it counts the thread that was
    started there. Earlier and later versions count before. The filter is removed soon after the fork.
    """

    def __init__(self) -> None:
        self._filter: Optional[Any] = None
        self._until = 0.0

    def expect(self) -> None:
        """Adds the filter. Called after a fork, before a thread is started."""
        if COUNTS_LATE and self._filter is None and len(os.listdir("/proc/self/task")) == 1:
            warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
            self._filter = warnings.filters[0]
            self._until = monotonic() + SOON

    def is_over(self) -> bool:
        """Whether the warning was suppressed, or is not expected."""
        return self._filter is None or monotonic() >= self._until

    def forget(self) -> None:
        """Removes the filter."""
        added, self._filter = self._filter, None
        if added is not None and added in warnings.filters:
            warnings.filters.remove(added)  # type: ignore[attr-defined]
            warnings._filters_mutated()  # type: ignore[attr-defined]
