"""Calls of libraries that tell each failed attempt, and raise the error of the last one."""

from __future__ import annotations

from typing import Optional

from .._meter import FAILED
from .._strategy import Call, Strategy
from .gated import finish, leave


class Retried(Call):
    """A call with its retries."""

    __slots__ = ("last",)

    def __init__(self, strategy: Strategy) -> None:
        self.last: Optional[BaseException] = None
        """The error of the last counted attempt."""
        Call.__init__(self, strategy)

    def failed(self, error: BaseException) -> None:
        """Records a failed attempt, once for each error."""
        if error is not self.last:
            self.last = error
            self.attempt(error)

    def over(self, error: Optional[BaseException]) -> None:
        """Ends the call with the result of its last attempt."""
        if error is not None and error is self.last:  # It is counted already.
            leave(self, FAILED)
        else:
            finish(self, error)
