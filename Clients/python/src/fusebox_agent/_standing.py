"""The orders that hold for strategies created from now on. The hub keeps them in a file, so no call waits for it."""

from __future__ import annotations

import json
import os
import stat
import time
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, NamedTuple, Optional, Tuple

from . import _places
from ._limit import Refused

if TYPE_CHECKING:
    from ._agent import Agent
    from ._strategy import Strategy

Line = Dict[str, Any]

LARGEST = 1_000_000
"""The size of the largest file that is read, in bytes."""


class Contents(NamedTuple):
    """The contents of an orders file."""

    revision: str
    orders: List[Line]
    """Oldest first."""


def read(path: str, owners: Optional[Tuple[int, ...]]) -> Optional[Contents]:
    """Reads an orders file. ``None`` unless it is a regular file that only its owner can write.

    :param owners: the users of whom one must own the file; ``None`` for any.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_mode & 0o022 or status.st_size > LARGEST:
            return None
        if owners is not None and status.st_uid not in owners:
            return None
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        return None
    lines = [line for line in map(_decoded, data.split(b"\n")) if line is not None]
    if not lines or lines[0].get("t") != "orders" or not isinstance(lines[0].get("revision"), str):
        return None
    return Contents(lines[0]["revision"], [line for line in lines if _is_order(line)])


def _decoded(data: bytes) -> Optional[Line]:
    try:
        line = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return line if isinstance(line, dict) else None


def _is_order(line: Line) -> bool:
    return line.get("t") == "order" and all(isinstance(line.get(key), str) for key in ("id", "agents", "s", "do"))


def find(environment: Mapping[str, str], socket: Optional[str]) -> Optional[Contents]:
    """Reads the first orders file beside the places of a hub's socket. It exists even while the hub restarts."""
    for path in _places.candidates(environment, socket):
        if _places.is_trusted_folder(path):
            contents = beside(path)
            if contents is not None:
                return contents
    return None


def beside(socket: str) -> Optional[Contents]:
    """Reads the orders file beside a socket."""
    return read(os.path.join(os.path.dirname(socket), "orders.ndjson"), (os.getuid(), 0))


class Standing:
    """The orders for this agent, and those that it has applied.

    The agent's thread replaces the orders while threads that create strategies read them.
    """

    def __init__(self, agent: "Agent") -> None:
        self._agent = agent
        self.revision: Optional[str] = None
        self._orders: Dict[str, List[Line]] = {}
        """The orders by strategy, oldest first."""
        self._applied: Dict[Tuple[str, str], Line] = {}
        """The applied orders by strategy and by what they control."""

    def take(self, contents: Optional[Contents]) -> None:
        """Replaces the orders, and releases applied ones that have ended."""
        if contents is None or contents.revision == self.revision:
            return
        orders: Dict[str, List[Line]] = {}
        for order in contents.orders:
            orders.setdefault(order["s"], []).append(order)
        self.revision, self._orders = contents.revision, orders
        ids = {order["id"] for order in contents.orders if self._is_own(order)}
        for key, order in list(self._applied.items()):
            if order["id"] not in ids:
                self._applied.pop(key, None)
                strategy = self._agent.strategies.get(key[0])
                if strategy is not None and not _is_over(order):  # An order whose time is over ends by itself.
                    _release(strategy, order)

    def covers(self, name: str) -> bool:
        """Whether an order is for a strategy of this name."""
        return any(self._is_own(order) and not _is_over(order) for order in self._orders.get(name, ()))

    def begin(self, strategy: "Strategy") -> List[Line]:
        """Applies the latest order for the breaker and for each limit to a new strategy. Returns the answers."""
        latest = {
            _controlled(order): order for order in self._orders.get(strategy.name, ()) if self._is_own(order)
        }
        answers = []
        for order in latest.values():
            answer = None if _is_over(order) else _apply(strategy, order)
            if answer is None:
                continue
            if answer["ok"]:
                self._applied[strategy.name, _controlled(order)] = order
            answers.append({"t": "ack", "id": order["id"], "s": strategy.name, **answer})
        return answers

    def commanded(self, strategy: "Strategy", command: Line) -> None:
        """Records a command, which replaces an order that was applied."""
        self._applied.pop((strategy.name, _controlled(command)), None)

    def _is_own(self, order: Line) -> bool:
        excepted = order.get("except")
        return _matches(order["agents"], self._agent.name) and not (
            isinstance(excepted, list) and any(_matches(pattern, self._agent.name) for pattern in excepted))


def _matches(pattern: object, agent: str) -> bool:
    if not isinstance(pattern, str):
        return False
    if pattern == "*":
        return True
    return agent.startswith(pattern[:-1]) if pattern.endswith("/*") else agent == pattern


def _controlled(order: Line) -> str:
    return f"limit {order.get('name')}" if order.get("do") == "set_limit" else "breaker"


def _seconds_left(order: Line) -> Optional[float]:
    until = order.get("until")
    return until / 1000 - time.time() if isinstance(until, (int, float)) else None


def _is_over(order: Line) -> bool:
    left = _seconds_left(order)
    return left is not None and left <= 0


def _apply(strategy: "Strategy", order: Line) -> Optional[Line]:
    """Applies an order. Returns the answer; ``None`` if the strategy has nothing that the order is for."""
    try:
        if order["do"] == "set_limit":
            limit = strategy.limits.get(str(order.get("name")))
            if limit is None:
                return None
            limit.set(str(order.get("name")), order.get("value"))
            return {"ok": True}
        if order["do"] != "open" or strategy.breaker is None:
            return None
        reason = order.get("reason")
        strategy.breaker.open(_seconds_left(order), reason if isinstance(reason, str) else None)
        return {"ok": True, "version": strategy.breaker.version}
    except Refused as refusal:
        return {"ok": False, "code": refusal.code, "detail": str(refusal)}
    except Exception as error:  # Raised by the program's setter.
        return {"ok": False, "code": "refused", "detail": f"{type(error).__name__}: {error}"}


def _release(strategy: "Strategy", order: Line) -> None:
    try:
        if order["do"] == "set_limit":
            name = str(order.get("name"))
            was = strategy.limits[name].value
            strategy.limits[name].release()
            strategy.tell_limit(name, was)
        elif strategy.breaker is not None:
            strategy.breaker.reset()
    except Exception:  # Raised by the program's setter. The hub's next order finds the state.
        pass
