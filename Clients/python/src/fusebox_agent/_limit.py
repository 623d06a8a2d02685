"""Limits that an operator can change at run time."""

from __future__ import annotations

from math import isfinite
from typing import Any, Callable, Dict, Optional


class Refused(Exception):
    """Raised if a command is refused. The operator receives the message."""

    def __init__(self, detail: str, code: str = "refused") -> None:
        super().__init__(detail)
        self.code = code


class Limit:
    """A number between bounds. It has the program's value until an operator pins another.

    :param default: the program's value, or a callable that returns it. The callable is called at each reading, so
        changes by the program are reported. If it raises, the limit is not shown.
    :param minimum: the lowest value that an operator can set.
    :param maximum: the highest value that an operator can set; ``math.inf`` if there is none.
    :param unit: the unit, such as ``attempts``, ``calls`` or ``ms``.
    :param on_set: called with each new value, on a thread that makes no calls. If it raises, the value does not
        change and the operator receives the message.
    :param why: the reason of the program's value, as shown to operators.
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
        """The operator's value; ``None`` if not pinned. Read at the start of a call."""

    @property
    def value(self) -> float:
        """The current value."""
        pinned = self.pinned
        return self._default() if pinned is None else pinned

    def follow(self, value: float) -> bool:
        """Sets the program's value, and raises the maximum if it is lower. Returns whether the value changed."""
        if value == self._default():
            return False
        self._default = lambda: value
        self.maximum = max(self.maximum, value)
        return True

    def widen(self, value: float) -> None:
        """Raises the program's value, and the maximum with it, if it is lower."""
        if value > self._default():
            self.follow(value)

    def set(self, name: str, value: object) -> None:
        """Pins a value.

        :raises Refused: if the value is not a number or out of bounds.
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
        if self.pinned is None:  # on_set may overwrite the source of the program's value, so keep it.
            self._own = self._default()
        self._tell(value)
        self.pinned = value

    def release(self) -> None:
        """Restores the program's value."""
        if self.pinned is not None:
            self._tell(self._default() if self._own is None else self._own)
            self.pinned = None

    def _tell(self, value: float) -> None:
        if self._on_set is not None:
            self._on_set(value)

    def reading(self, name: str) -> Dict[str, Any]:
        """Its fields in the protocol's ``strategy`` line.

        :raises ValueError: if the program's value is not finite. Other errors come from the program's callable.
        """
        pinned = self.pinned is not None
        value = self.value
        if not isfinite(value):
            raise ValueError(f"{name} is {value}")
        line: Dict[str, Any] = {
            "name": name,
            "value": value,
            **{key: bound for key, bound in (("min", self.minimum), ("max", self.maximum)) if isfinite(bound)},
            "unit": self.unit,
            "by": "operator" if pinned else "policy",
            "pinned": pinned,
        }
        if self.why and not pinned:
            line["why"] = self.why
        return line
