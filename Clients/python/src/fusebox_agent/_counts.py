"""Sums over the calls of a strategy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Iterable, List, Optional, Tuple

from ._latency import histogram

if TYPE_CHECKING:
    from ._call import Call

RUNNING = "running"
WAITING = "waiting"
"""The phase of a call between two attempts."""
SETTLED = "settled"
"""The phase of a call after an attempt that is probably the last."""
OK = "ok"
FAILED = "failed"
REJECTED = "rejected"
CANCELLED = "cancelled"
ENDED = frozenset((OK, FAILED, REJECTED, CANCELLED))

ERROR_TYPES = 50
"""The number of error types with a separate count; further types are counted together."""
OTHERS = "(others)"


class Counts:
    """What the calls, attempts and errors of some time add up to. Not safe to change from two threads."""

    __slots__ = (
        "ended", "attempts", "retries", "errors", "messages", "took", "latency", "answered", "first_byte", "retrying",
        "used", "cached",
    )

    def __init__(self) -> None:
        self.ended = {OK: 0, FAILED: 0, REJECTED: 0, CANCELLED: 0}
        self.attempts = 0
        self.retries: Dict[int, int] = {}
        self.errors: Dict[str, int] = {}
        self.messages: Dict[str, str] = {}
        self.took: List[float] = []
        """Durations in seconds that are not in ``latency`` yet."""
        self.latency: Dict[int, int] = {}
        self.answered: List[float] = []
        """Seconds to the first byte that are not in ``first_byte`` yet."""
        self.first_byte: Dict[int, int] = {}
        self.retrying = 0.0
        self.used = 0
        self.cached = 0

    def attempted(self, call: "Call") -> None:
        """Counts the attempts of a call that were not counted before."""
        attempts = call.attempts
        self.attempts += attempts - call.counted
        call.counted = attempts

    def call(self, call: "Call") -> None:
        """Counts a call that ended."""
        self.attempted(call)
        end = call.phase
        self.ended[end] += 1
        if end == OK or end == FAILED:
            number = call.retry_number
            retries = max(0, call.attempts - 1 if number is None else number)
            self.retries[retries] = self.retries.get(retries, 0) + 1
            self.took.append(call.stop - call.start)
            if not call.is_plain and hasattr(call, "answered"):
                self.answered.append(call.answered - call.start)
        if call.attempts > 1:
            self.retrying += call.stop - call.first
        source = None if call.is_plain else call.source
        if source is not None:
            self.used += 1
            self.cached += source == "cache"

    def error(self, error: str, count: int, message: Optional[str]) -> None:
        """Counts errors of one type and keeps the message. A message without an error is ignored."""
        if count:
            if error not in self.errors and len(self.errors) >= ERROR_TYPES:
                error = OTHERS
            self.errors[error] = self.errors.get(error, 0) + count
        if message and error in self.errors:
            self.messages[error] = message

    def place(self) -> None:
        """Moves the durations into the histograms."""
        if self.took:
            took, self.took = self.took, []
            _add(self.latency, histogram(took).items())
        if self.answered:
            answered, self.answered = self.answered, []
            _add(self.first_byte, histogram(answered).items())

    def add(self, other: "Counts") -> None:
        """Adds later counts."""
        for end, count in other.ended.items():
            self.ended[end] += count
        self.attempts += other.attempts
        for retries, count in other.retries.items():
            self.retries[retries] = self.retries.get(retries, 0) + count
        for error, count in other.errors.items():
            self.error(error, count, other.messages.get(error))
        _add(self.latency, other.latency.items())
        _add(self.first_byte, other.first_byte.items())
        self.took += other.took
        self.answered += other.answered
        self.retrying += other.retrying
        self.used += other.used
        self.cached += other.cached

    def add_line(self, line: Dict[str, Any]) -> None:
        """Adds the counts of an unsent ``delta`` line, which are earlier than these."""
        for end in self.ended:
            self.ended[end] += line[end]
        self.attempts += line["attempts"]
        for retries, count in line["retries"].items():
            self.retries[int(retries)] = self.retries.get(int(retries), 0) + count
        messages = line.get("messages", {})
        for error, count in line["errors"].items():
            later = self.messages.get(error)
            self.error(error, count, later or messages.get(error))
        _add(self.latency, line["latency"])
        _add(self.first_byte, line.get("first_byte", ()))
        self.retrying += line["retry_ms"] / 1000
        fallback = line.get("fallback", {"used": 0, "cached": 0})
        self.used += fallback["used"]
        self.cached += fallback["cached"]

    def is_empty(self) -> bool:
        """Whether nothing was counted."""
        return not self.attempts and not self.errors and not any(self.ended.values())

    def line(self) -> Dict[str, Any]:
        """The fields of a ``delta`` line."""
        self.place()
        line: Dict[str, Any] = {
            **self.ended,
            "attempts": self.attempts,
            "retries": {str(number): count for number, count in self.retries.items()},
            "errors": self.errors,
            "latency": sorted(self.latency.items()),
            "retry_ms": round(self.retrying * 1000),
        }
        if self.first_byte:
            line["first_byte"] = sorted(self.first_byte.items())
        if self.used:
            line["fallback"] = {"used": self.used, "cached": self.cached}
        if self.messages:
            line["messages"] = self.messages
        return line


def _add(histogram: Dict[int, int], counts: Iterable[Tuple[int, int]]) -> None:
    """Adds the counts of another histogram, by place."""
    for place, count in counts:
        histogram[place] = histogram.get(place, 0) + count
