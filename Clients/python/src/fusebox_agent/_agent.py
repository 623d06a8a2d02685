"""The agent of a process: its strategies, its event queue, and the thread that sends to the hub."""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from typing import TYPE_CHECKING, Any, Deque, Dict, List, Optional

from . import _places, _standing, _startup
from ._breaker import Breaker
from ._limit import Limit
from ._orders import Orders
from ._standing import Standing
from ._strategy import Strategy
from ._text import agent_name, clip, name as clean

if TYPE_CHECKING:
    from ._link import Link

STRATEGIES = 500
"""The limit on the number of strategies."""
OF_A_LIBRARY = 100
"""The limit on the number of strategies of one library."""
UNSUPPORTED = 16
"""The limit on the number of reported libraries that are not supported."""
EVENTS = 1_000
"""The capacity of the event queue. If it is full, the oldest event is dropped and counted as lost."""


class Agent:
    """Reports the strategies of this process to a hub and runs operators' commands."""

    def __init__(
        self,
        name: Optional[str] = None,
        socket: Optional[str] = None,
        control: Optional[bool] = None,
        messages: Optional[bool] = None,
    ) -> None:
        self.strategies: Dict[str, Strategy] = {}
        self._counts: Dict[str, int] = {}
        self.unsupported_libraries: List[Dict[str, Any]] = []
        """A line for each imported library that is not supported."""
        self._fork_lock = threading.RLock()
        self.configure(name, socket, control, messages)
        if not self.is_off:
            os.register_at_fork(
                before=self._pause, after_in_parent=self._resume, after_in_child=self._forked
            )

    def configure(
        self,
        name: Optional[str] = None,
        socket: Optional[str] = None,
        control: Optional[bool] = None,
        messages: Optional[bool] = None,
    ) -> None:
        """Sets what the program has chosen. May be called until the agent runs."""
        environment = os.environ
        self._name = name or environment.get("FUSEBOX_AGENT")
        self.name = agent_name(self._name or _program())
        self.is_off = socket is None and _places.is_off(environment)
        self.socket = socket
        self.takes_orders = environment.get("FUSEBOX_CONTROL") != "0" if control is None else control
        self.tells_messages = (
            environment.get("FUSEBOX_MESSAGES") == "1" if messages is None else messages
        )
        self.is_running = self.is_off
        self.standing = Standing(self)
        self.read_orders()
        self._begin()

    def read_orders(self, socket: Optional[str] = None) -> None:
        """Reads the orders that hold for new strategies.

        :param socket: the hub's socket; by default the first place with a file of orders.
        """
        if self.is_off or not self.takes_orders:
            return
        found = _standing.find(os.environ, self.socket) if socket is None else _standing.beside(socket)
        self.standing.take(found)

    def _begin(self) -> None:
        self._lock = threading.RLock()
        self._events: Deque[Dict[str, Any]] = deque()
        self.lost = 0
        self.orders = Orders(self.strategies.get, self.takes_orders, self.tell, self.standing.commanded)
        self._link: "Optional[Link]" = None

    def run(self) -> None:
        """Starts the thread that sends to the hub, unless it is running."""
        with self._lock:
            if self.is_running or _startup.is_fork_server():
                return
            self.is_running = True
            self.name = agent_name(self._name or _program())  # A child process may have got its arguments late.
            from ._link import Link  # Imported late, because it loads much of the standard library.

            try:
                self._link = Link(self)
                self._link.start()
            except (OSError, RuntimeError):  # No descriptors or threads left: continue without telemetry.
                self._link = None
                return
            self._close_in_child()
            self._run_when_child_is_ready()

    def close(self) -> None:
        """Sends the remaining data and ``bye``. Waits 1 s at most; on an idle machine less than 0.5 s."""
        link = self._link
        if link is not None:
            link.stop(1.0)

    def strategy(
        self,
        name: str,
        kind: str,
        target: Optional[str] = None,
        limits: Optional[Dict[str, Limit]] = None,
        breaker: Optional[Breaker] = None,
        library: str = "",
    ) -> Strategy:
        """Returns the strategy of this name; creates it if it does not exist.

        Above the limit on their number, all calls are counted in one strategy that operators cannot change.

        :param library: the library that makes the calls. Each library has its own limit.
        """
        name = clean(name, kind)
        known = self.strategies.get(name)
        if known is not None:
            return known
        with self._lock:
            known = self.strategies.get(name)
            if known is not None:
                return known
            count = self._counts.get(library, 0)
            is_full = count >= OF_A_LIBRARY or len(self.strategies) >= STRATEGIES
            if is_full and not self.standing.covers(name):  # An order holds although its host has no row yet.
                name = f"{library or 'more'}/(others)"
                limits, breaker, target = None, None, None
                if name in self.strategies:
                    return self.strategies[name]
            self._counts[library] = count + 1
            strategy = Strategy(self, name, kind, target, limits, breaker)
            self._add(strategy)
            return strategy

    def _add(self, strategy: Strategy) -> None:
        """Applies the orders that hold, and declares the strategy at once."""
        answers = self.standing.begin(strategy) if self.takes_orders and not self.is_off else []
        # From here on, changes of the breaker are reported. The declaration has its present state.
        if strategy.breaker is not None:
            strategy.breaker.tell = strategy.tell
        self.strategies[strategy.name] = strategy
        for answer in answers:
            self.tell(answer)
        link = self._link
        if link is not None and link.is_connected:
            link.wake()

    def declare_again(self, strategy: Strategy) -> None:
        """Reports the full state of a strategy after a change that no event reports. Does not block."""
        link = self._link
        if link is not None:
            link.declare_again(strategy.name)

    def unsupported(self, library: str, why: str) -> None:
        """Reports that the version of a library is not supported, once, as a warning and to the hub.

        A module of the program with the name of a library is not reported.

        :param library: the name of its module.
        :param why: what is missing, and what is not reported for that reason.
        """
        if not _is_installed(library):
            return
        version = _version(library)
        line = {"t": "unsupported", "library": clip(f"{library} {version}".strip()), "why": clip(why, 256)}
        if line in self.unsupported_libraries or len(self.unsupported_libraries) >= UNSUPPORTED:
            return
        self.unsupported_libraries.append(line)
        import logging  # Imported late: most processes need it not.

        logging.getLogger("fusebox_agent").warning("%s is not supported: %s", line["library"], line["why"])
        link = self._link
        if link is not None:
            link.wake()

    def tell(self, line: Dict[str, Any]) -> None:
        """Queues an event or an answer for the hub. Does not block."""
        if self.is_off:
            return
        events = self._events
        if len(events) >= EVENTS:
            try:
                if events.popleft()["t"] != "ack":
                    self.lost += 1
            except IndexError:
                pass
        events.append(line)
        link = self._link
        if link is not None:
            link.wake()

    def put_back(self, lines: List[Dict[str, Any]]) -> None:
        """Puts events that were not sent back at the head of the queue. Those that do not fit are counted as lost."""
        for line in reversed(lines):
            if line["t"] == "lost":
                self.lost += line["n"]
            elif len(self._events) < EVENTS:
                self._events.appendleft(line)
            elif line["t"] != "ack":
                self.lost += 1

    def take_events(self) -> List[Dict[str, Any]]:
        """Removes and returns the queued events, with a ``lost`` line if any were dropped."""
        lines = []
        while True:
            try:
                lines.append(self._events.popleft())
            except IndexError:
                break
        lost, self.lost = self.lost, 0
        return lines + ([{"t": "lost", "n": lost}] if lost else [])

    def _pause(self) -> None:
        self._fork_lock.acquire()  # One fork at a time.
        if self._link is not None:
            self._link.pause()

    def _resume(self) -> None:
        if self._link is not None:
            self._link.resume()
        self._fork_lock.release()

    def _forked(self) -> None:
        self._fork_lock = threading.RLock()
        link = self._link
        if link is not None:
            link.let_go()
        self._begin()
        for strategy in list(self.strategies.values()):
            strategy.forked()
        self.read_orders()
        if self.takes_orders and not self.is_off:  # The parent's strategies are new in this process.
            for strategy in list(self.strategies.values()):
                for answer in self.standing.begin(strategy):
                    self.tell(answer)
        self.is_running = self.is_off
        self._run_when_child_is_ready()

    def _run_when_child_is_ready(self) -> None:
        util = sys.modules.get("multiprocessing.util")
        if util is not None:
            util.register_after_fork(self, Agent._run_in_child)

    def _run_in_child(self) -> None:
        """Runs in a child process of ``multiprocessing``. Other forked children begin with their first call."""
        self.run()
        self._close_in_child()

    def _close_in_child(self) -> None:
        """Sends the remaining data at the end of a child process of ``multiprocessing``, which does not run atexit."""
        util = sys.modules.get("multiprocessing.util")
        if util is not None:
            util.Finalize(None, self.close, exitpriority=0)


def _is_installed(library: str) -> bool:
    file = getattr(sys.modules.get(library), "__file__", None) or ""
    return any(f"{os.sep}{folder}{os.sep}" in file for folder in ("site-packages", "dist-packages"))


def _version(library: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    package = library.partition(".")[0]
    found = getattr(sys.modules.get(package), "__version__", None)
    try:
        return str(found or version(package))
    except PackageNotFoundError:
        return ""


def _program() -> str:
    script = sys.argv[0] if sys.argv else ""
    folder, file = os.path.split(script)
    if file == "__main__.py":
        file = os.path.basename(folder)
    name = os.path.splitext(file)[0]
    return "python" if name.startswith("-") else name or "python"
