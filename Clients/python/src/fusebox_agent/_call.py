"""One call of a strategy, from its begin to its end."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, List, Optional

from . import _timeouts
from ._counts import CANCELLED, ENDED, FAILED, OK, REJECTED, RUNNING, SETTLED, WAITING
from ._gate import is_held
from ._text import clip, error_name

if TYPE_CHECKING:
    from ._strategy import Strategy

UNWANTED = "(unwanted result)"
"""The error name of an attempt whose result was rejected and is retried."""


class Call:
    """One call of a strategy. No method raises or blocks.

    One thread at a time uses a call. The meter may read it at any time, so ``phase`` is set after the fields that
    belong to the phase. Fields that most calls do not need are unset until they are needed.
    """

    __slots__ = (
        "strategy", "_calls", "_failed", "_errors", "_retry_number", "phase", "attempts", "start", "first", "stop",
        "source", "is_plain", "is_dropped", "claim", "counted", "answered", "heard", "__weakref__",
    )

    first: float
    """The end of the first attempt, if a second one follows."""
    stop: float
    """The end of the call, or of its last attempt."""
    source: Optional[str]
    """The source of the result. Unset while ``is_plain``."""
    answered: float
    """The time of the first byte of an answer. Unset while ``is_plain`` and for calls without such a time."""
    heard: float
    """The time of the last byte. Unset like ``answered``."""
    is_dropped: bool
    """Whether the program has no reference left. Unset without ``claim``."""
    _failed: bool
    """Whether the last attempt failed. Unset without attempts."""
    _errors: List[str]
    """The error names for a tap."""
    _retry_number: Optional[int]

    def __init__(self, strategy: "Strategy") -> None:
        meter = strategy.meter
        self.strategy = strategy
        self._calls = calls = meter.calls
        self.phase = RUNNING
        self.attempts = self.counted = 0
        self.is_plain = True
        """Whether its source and its number of retries are the default ones, and no byte came yet."""
        self.claim: Optional[List[None]] = None
        """Set when the meter keeps only a weak reference. Its one item is removed by the thread that counts the call."""
        self.start = monotonic()
        calls.append(self)
        if len(calls) > meter.room:
            strategy.make_room()

    @property
    def ended(self) -> bool:
        """Whether the call is over."""
        return self.phase in ENDED

    @property
    def retry_number(self) -> Optional[int]:
        """The number of retries, if it differs from the attempts minus one."""
        return None if self.is_plain else self._retry_number

    @retry_number.setter
    def retry_number(self, number: Optional[int]) -> None:
        self._unfold()
        self._retry_number = number

    def _unfold(self) -> None:
        """Sets the fields that are unset in a plain call."""
        if self.is_plain:
            self.source = self._retry_number = None
            self.is_plain = False

    def hear(self) -> None:
        """Records bytes of the answer."""
        now = monotonic()
        if self.is_plain:
            self.source = self._retry_number = None
            self.answered = self.heard = now
            self.is_plain = False
            return
        self.heard = now
        try:
            self.answered
        except AttributeError:
            self.answered = now

    def answer(self) -> None:
        """Ends a plain call whose whole answer is there: like :meth:`hear` and :meth:`finish`, at less cost."""
        self.source = self._retry_number = None
        self.attempts += 1
        self.answered = self.heard = self.stop = monotonic()
        self.is_plain = False
        self.phase = OK
        if self.strategy.tapped:
            self._tell()

    def attempt(self, error: "BaseException | str | None" = None, since: Optional[float] = None) -> None:
        """Records the end of an attempt; without an error, it succeeded.

        An attempt that did not run because an operator holds a strategy open does not count.

        :param since: when the attempt began, if an earlier attempt of this call may have caused the error.
        """
        if isinstance(error, BaseException) and is_held(error, self.start if since is None else since):
            return
        if self.phase != RUNNING:
            if self.phase in ENDED:
                return
            self.phase = RUNNING
        self.stop = monotonic()
        if not self.attempts:
            self.first = self.stop
        self._failed = error is not None
        self.attempts += 1
        if error is not None:
            self._fail(error)

    def _fail(self, error: "BaseException | str") -> None:
        name = (clip(error) if isinstance(error, str) else error_name(error)) or "Error"
        strategy = self.strategy
        if strategy.tapped:
            self._errors = [*getattr(self, "_errors", ()), name][:16]
        if self._calls is strategy.meter.calls:  # Else the call began before a fork.
            message = clip(str(error), 256) if strategy.agent.tells_messages else None
            strategy.meter.error(name, message)

    def unwanted(self) -> None:
        """Records that the result of the last successful attempt was rejected."""
        if self.attempts and not self._failed and self.phase not in ENDED:
            self._failed = True
            self._fail(UNWANTED)

    def settle(self) -> None:
        """Records a successful attempt that is probably the last. The call ends soon unless it resumes."""
        if self.phase not in ENDED:
            self.phase = SETTLED

    def waits(self) -> None:
        """Records that the call waits for its next attempt."""
        if self.phase not in ENDED:
            self.phase = WAITING

    def goes_on(self) -> None:
        """Records that the wait is over."""
        if self.phase == WAITING:
            self.phase = RUNNING

    def end(self, end: str, source: Optional[str] = None) -> None:
        """Ends the call.

        :param end: ``ok``, ``failed``, ``rejected`` or ``cancelled``. After an attempt, ``rejected`` is counted as
            ``failed``; without one, ``failed`` is counted as ``rejected``.
        :param source: ``fallback`` or ``cache`` if the result did not come from the primary.
        """
        if self.phase in ENDED:
            return
        if source is not None:
            self._unfold()
            self.source = source
        self.stop = monotonic()
        if end == REJECTED or end == FAILED:
            end = FAILED if self.attempts else REJECTED
        self.phase = end
        if self.strategy.tapped:
            self._tell()

    def finish(self, error: "BaseException | str | None") -> None:
        """Ends a call with its last attempt; without an error, it succeeded."""
        if error is None:
            if self.phase not in ENDED:
                self.attempts += 1
                self.stop = monotonic()
                self.phase = OK
                if self.strategy.tapped:
                    self._tell()
        elif isinstance(error, BaseException) and is_cancellation(error):
            self.end(CANCELLED)
        else:
            self.attempt(error)
            self.end(FAILED)

    def abandon(self) -> None:
        """Ends a call that does not resume: like its last attempt, or as cancelled before or between attempts."""
        if self.phase in ENDED:
            return
        if self.attempts and self.phase != WAITING:
            self.phase = FAILED if self._failed else OK
        else:
            self.stop = monotonic()
            self.phase = CANCELLED
        if self.strategy.tapped:
            self._tell()

    def _tell(self) -> None:
        strategy = self.strategy
        if self._calls is not strategy.meter.calls or strategy.tap_is_over(self.stop):
            return
        source = None if self.is_plain else self.source
        strategy.tell(
            {
                "t": "call", "end": self.phase, "attempts": self.attempts,
                "us": round((self.stop - self.start) * 1e6), "errors": getattr(self, "_errors", []), "tap": True,
                **({} if source is None else {"from": source}),
            }
        )

    def hold_weakly(self) -> None:
        """Prepares for a weak reference: from now on the finaliser puts the call back into the queue."""
        self.is_dropped = False
        self.claim = [None]

    def requeue(self) -> None:
        """Ends a call without references and puts it back into the queue, unless another thread counts it."""
        claim = self.claim
        if claim is None:
            return
        try:
            claim.pop()
        except IndexError:
            return
        self.abandon()
        self._calls.append(self)

    def __del__(self) -> None:
        # The garbage collector may run at any time, so this takes no lock.
        if self.claim is not None:
            self.is_dropped = True
            self.requeue()


def is_cancellation(error: BaseException) -> bool:
    """Whether the error is a cancellation, which is neither a success nor a failure. A time-out is a failure."""
    return not isinstance(error, Exception) and not _timeouts.is_timeout(error)
