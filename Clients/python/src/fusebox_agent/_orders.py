"""Operators' commands. Each runs at most once, on a thread that neither makes calls nor sends to the hub."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from typing import TYPE_CHECKING, Any, Callable, Deque, Dict, Optional

from ._limit import Refused
from ._text import clip

if TYPE_CHECKING:
    from ._strategy import Strategy

Line = Dict[str, Any]

REMEMBERED = 1_000
"""The number of answers kept for commands that arrive twice."""


class Lanes:
    """Runs jobs in one thread per lane; the jobs of a lane run one after another.

    A job that waits for a lock delays only its own lane. A thread ends when its lane has no jobs.
    """

    MOST = 32
    LONGEST = 100

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: Dict[str, Deque[Callable[[], None]]] = {}

    def post(self, lane: str, job: Callable[[], None]) -> bool:
        """Runs a job after the earlier jobs of its lane. Returns false if there is no room for it."""
        with self._lock:
            jobs = self._jobs.get(lane)
            if jobs is not None:
                if len(jobs) >= self.LONGEST:
                    return False
                jobs.append(job)
                return True
            if len(self._jobs) >= self.MOST:
                return False
            self._jobs[lane] = deque([job])
        try:
            threading.Thread(
                target=self._run, args=(lane,), name="fusebox-order", daemon=True
            ).start()
        except RuntimeError:  # No threads left, or the interpreter is shutting down.
            with self._lock:
                self._jobs.pop(lane, None)
            return False
        return True

    def _run(self, lane: str) -> None:
        while True:
            with self._lock:
                jobs = self._jobs[lane]
                if not jobs:
                    del self._jobs[lane]
                    return
                job = jobs.popleft()
            try:
                job()
            except Exception:  # An error must not stop the next job.
                pass


class Orders:
    """Runs commands and remembers the answers."""

    def __init__(
        self,
        find: Callable[[str], "Optional[Strategy]"],
        takes: bool,
        answer: Callable[[Line], None],
        commanded: "Callable[[Strategy, Line], None]",
    ) -> None:
        self._find = find
        self._commanded = commanded
        self._takes = takes
        self._answer = answer
        self._lanes = Lanes()
        self._answers: "OrderedDict[str, Optional[Line]]" = OrderedDict()

    def take(self, line: Line) -> None:
        """Receives a command. Must be called from one thread only."""
        id_ = line.get("id")
        if not isinstance(id_, str):
            return
        if id_ in self._answers:
            before = self._answers[id_]
            if before is not None:
                self._answer(before)
            return
        self._answers[id_] = None
        while len(self._answers) > REMEMBERED:
            self._answers.popitem(last=False)
        name = str(line.get("s"))
        if not self._lanes.post(name, lambda: self._reply(id_, line)):
            self._done(id_, Refused("this agent has too many unfinished commands; try again later"))

    def end_hold(self, strategy: "Strategy") -> None:
        """Ends an expired hold."""
        breaker = strategy.breaker
        if breaker is not None:
            self._lanes.post(strategy.name, breaker.end_hold)

    def _reply(self, id_: str, line: Line) -> None:
        try:
            self._done(id_, self._carry_out(line))
        except Refused as refusal:
            self._done(id_, refusal)
        except Exception as error:  # Raised by the program's setter.
            self._done(id_, Refused(f"{type(error).__name__}: {error}"))

    def _done(self, id_: str, result: "Optional[int] | Refused") -> None:
        line: Line = {"t": "ack", "id": id_}
        if isinstance(result, Refused):
            line.update(ok=False, code=result.code, detail=clip(str(result), 1024))
        else:
            line["ok"] = True
            if result is not None:
                line["version"] = result
        if id_ in self._answers:
            self._answers[id_] = line
        self._answer(line)

    def _carry_out(self, line: Line) -> Optional[int]:
        if not self._takes:
            raise Refused("this agent accepts no commands: FUSEBOX_CONTROL=0 or control=False")
        strategy = self._find(str(line.get("s")))
        if strategy is None:
            raise Refused(f"this agent has no strategy {line.get('s')!r}", "unknown_strategy")
        expires = line.get("expires_mono_ms")
        if isinstance(expires, (int, float)) and time.monotonic() * 1000 >= expires:
            raise Refused("the command expired before it could run", "expired")
        do = line.get("do")
        if do == "set_limit":
            self._set(strategy, line)
            self._commanded(strategy, line)
            return None
        if do == "tap":
            strategy.tap(_seconds(line) or 10)
            return None
        breaker = strategy.breaker
        if breaker is None or do not in breaker.orders:
            raise Refused(f"{strategy.name} does not support {do}", "unsupported")
        wanted = line.get("if_version")
        if wanted is not None and wanted != breaker.version:
            raise Refused(f"the breaker's version is {breaker.version}, not {wanted}", "conflict")
        if do == "open":
            reason = line.get("reason")
            breaker.open(_seconds(line), reason if isinstance(reason, str) else None)
        elif do == "reset":
            breaker.reset()
        else:
            breaker.half_open()
        self._commanded(strategy, line)
        return breaker.version

    def _set(self, strategy: "Strategy", line: Line) -> None:
        name = str(line.get("name"))
        limit = strategy.limits.get(name)
        if limit is None:
            names = ", ".join(strategy.limits) or "none"
            raise Refused(f"{strategy.name} has no limit {name!r}; its limits: {names}", "unsupported")
        was = limit.value
        if line.get("auto") is True:
            limit.release()
        else:
            limit.set(name, line.get("value"))
        strategy.tell_limit(name, was)


def _seconds(line: Line) -> Optional[float]:
    milliseconds = line.get("for_ms")
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, (int, float)):
        return None
    return float(max(0.0, milliseconds / 1000))
