"""Numbers that an operator may change while the agent runs."""

from __future__ import annotations

from typing import Any, Callable, Dict, Optional


class Refused(Exception):
    """An order that is not carried out; its words go to the operator."""

    def __init__(self, detail: str, code: str = "refused") -> None:
        super().__init__(detail)
        self.code = code


class Limit:
    """A number between bounds, with its own value until an operator pins another.

    :param default: its own value, or what tells it; asked for again at each reading, so that a
        value that the program changes is seen.
    :param minimum: the least that an operator may set.
    :param maximum: the most.
    :param unit: what it counts, such as ``attempts``, ``calls`` or ``ms``.
    :param on_set: called with each new value, off the threads that make calls. What it raises is
        the operator's answer, and the value stays as it was.
    """

    def __init__(
        self,
        default: "float | Callable[[], float]",
        *,
        minimum: float,
        maximum: float,
        unit: str = "",
        on_set: Optional[Callable[[float], None]] = None,
        why: str = "",
    ) -> None:
        if not minimum <= maximum:
            raise ValueError(f"minimum {minimum} is above maximum {maximum}")
        self._default = default if callable(default) else lambda: default
        self.minimum = minimum
        self.maximum = maximum
        self.unit = unit
        self.why = why
        self._on_set = on_set
        self._own: Optional[float] = None
        self.pinned: Optional[float] = None
        """What an operator set; ``None`` while it has its own value. Read at the start of a call."""

    @property
    def value(self) -> float:
        """Its value now."""
        pinned = self.pinned
        return self._default() if pinned is None else pinned

    def set(self, name: str, value: object) -> None:
        """Pins a value.

        :raises Refused: where it is none, or out of bounds.
        """
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise Refused(f"{name} takes a number, not {value!r}")
        if not value >= self.minimum:
            raise Refused(f"{name} is at least {self.minimum:g}")
        if not value <= self.maximum:
            raise Refused(f"{name} is at most {self.maximum:g}")
        if isinstance(self.minimum, int) and value != int(value):
            raise Refused(f"{name} takes a whole number, not {value:g}")
        value = int(value) if isinstance(self.minimum, int) else float(value)
        if self.pinned is None:  # What it is told goes where its own value came from, perhaps.
            self._own = self._default()
        self._tell(value)
        self.pinned = value

    def release(self) -> None:
        """Gives it its own value back."""
        if self.pinned is not None:
            self._tell(self._default() if self._own is None else self._own)
            self.pinned = None

    def _tell(self, value: float) -> None:
        if self._on_set is not None:
            self._on_set(value)

    def reading(self, name: str) -> Dict[str, Any]:
        """As the protocol tells it."""
        pinned = self.pinned is not None
        line: Dict[str, Any] = {
            "name": name,
            "value": self.value,
            "min": self.minimum,
            "max": self.maximum,
            "unit": self.unit,
            "by": "operator" if pinned else "policy",
            "pinned": pinned,
        }
        if self.why and not pinned:
            line["why"] = self.why
        return line
