"""The connection to a hub. A daemon thread connects, sends, receives and reconnects."""

from __future__ import annotations

import json
import os
import random
import select
import socket
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Any, Deque, Dict, List, Optional, Set, Tuple

from . import _places
from ._fork import LateWarning
from ._pulse import Pulse
from ._version import VERSION

if TYPE_CHECKING:
    from ._agent import Agent

INTERVAL = 0.5
"""Seconds between two ``delta`` lines of a strategy."""
GOODBYE = 0.2
"""The time limit in seconds for sending the remaining data at exit."""
PAUSE = 0.05
"""The time limit in seconds for ending the thread before a fork."""
TOGETHER = 0.005
"""Seconds between a wake and the sending. The thread that queued a line continues at once: it does not have to wait
until this thread releases the interpreter lock. Lines that follow are sent with the first one."""
LONGEST_WAIT = 2.0
LONGEST_LINE = 65_536

Line = Dict[str, Any]


class Link:
    """Sends an agent's lines to a hub. One batch of lines is buffered; until it is sent, later calls are added up.

    Before the hub's ``welcome``, only ``hello`` is sent: the hub may never read further lines.
    """

    def __init__(self, agent: "Agent") -> None:
        self._agent = agent
        self._pulse = Pulse(0.0)
        self._instance = os.urandom(16).hex()
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(self._writer, False)
        self._thread: Optional[threading.Thread] = None
        self._stopping = False
        self._pausing = False
        self._woken = False
        """Whether the thread will look for queued lines soon."""
        self._late_warning = LateWarning()
        self._hub: Optional[socket.socket] = None
        self._path = ""
        """The path of the hub's socket."""
        self._in = b""
        self._out: Deque[Tuple[Line, bytes]] = deque()
        """The lines to send, each with its bytes."""
        self._sent = 0
        """The number of bytes of the first line that were sent. The hub counts only complete lines."""
        self._declared: Set[str] = set()
        self._unsupported = 0
        """The number of reported libraries that are not supported."""
        self._failures = 0
        self._next_try = 0.0
        self._next_flush = 0.0

    def start(self) -> None:
        """Starts the thread."""
        self._thread = threading.Thread(target=self._run, name="fusebox-agent", daemon=True)
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """Sends the remaining data and ends the thread. Waits at most this many seconds."""
        self._stopping = True
        self._interrupt()
        if self._thread is not None and threading.current_thread() is not self._thread:
            self._thread.join(seconds)

    def pause(self) -> None:
        """Ends the thread before a fork and keeps the connection, unless the thread itself forks.

        A thread in the process could hold a lock that the child needs, so newer Python versions warn about threads.
        """
        thread = self._thread
        if thread is None or thread is threading.current_thread() or not thread.is_alive():
            return
        self._late_warning.forget()
        self._pausing = True
        self._interrupt()
        thread.join(PAUSE)
        # Python reports the end of a thread shortly before the system does.
        end = time.monotonic() + PAUSE
        while os.path.exists(f"/proc/self/task/{thread.native_id}") and time.monotonic() < end:
            os.sched_yield()

    def resume(self) -> None:
        """Starts the thread again after a fork."""
        if not self._pausing:
            return
        self._pausing = False
        self._late_warning.expect()
        if self._thread is None or not self._thread.is_alive():
            try:
                self.start()
            except RuntimeError:  # No threads left: continue without telemetry.
                self._thread = None

    @property
    def is_connected(self) -> bool:
        """Whether there is a hub to send to. Each new connection declares all strategies."""
        return self._hub is not None

    def wake(self) -> None:
        """Makes the thread send queued lines soon."""
        if not self._woken:
            self._woken = True
            self._interrupt()

    def _interrupt(self) -> None:
        """Ends the thread's wait."""
        try:
            os.write(self._writer, b"x")
        except (BlockingIOError, OSError):  # The thread is awake already, or has ended.
            pass

    def declare_again(self, name: str) -> None:
        """Makes the thread send the strategy's declaration again with the next lines."""
        self._declared.discard(name)

    def let_go(self) -> None:
        """Closes the descriptors in a forked child: the connection belongs to the parent."""
        for descriptor in (self._reader, self._writer):
            try:
                os.close(descriptor)
            except OSError:
                pass
        if self._hub is not None:
            self._hub.close()

    def _run(self) -> None:
        while not self._stopping:
            if self._pausing:
                return
            try:
                self._turn()
            except Exception:  # An internal error costs only telemetry.
                self._disconnect()
            if self._late_warning.is_over():
                self._late_warning.forget()
        try:
            self._say_goodbye()
        except Exception:
            pass

    def _turn(self) -> None:
        now = time.monotonic()
        if self._hub is not None and self._pulse.is_over(now):
            self._receive()  # Data may have arrived while this process was stopped.
            if self._pulse.is_over(now):
                self._disconnect()
        if self._hub is None and now >= self._next_try:
            self._connect(now)
        due = [s for s in list(self._agent.strategies.values()) if s.breaker and s.breaker.is_over(now)]
        for strategy in due:
            self._agent.orders.end_hold(strategy)
        self._fill(now)
        self._send()
        self._wait(self._pause(now, bool(due)))

    def _pause(self, now: float, soon: bool) -> float:
        if soon:
            return 0.05
        if self._hub is None:
            ends = [self._next_try]
        else:
            ends = [self._pulse.next] + ([self._next_flush] if self._pulse.is_welcomed else [])
        for strategy in list(self._agent.strategies.values()):
            end = strategy.breaker.ends_at if strategy.breaker else None
            if end is not None:
                ends.append(end)
        return max(0.0, min(ends) - now)

    def _wait(self, seconds: float) -> None:
        poll = select.poll()
        poll.register(self._reader, select.POLLIN)
        if self._hub is not None:
            poll.register(self._hub, select.POLLIN | (select.POLLOUT if self._out else 0))
        for descriptor, events in poll.poll(round(seconds * 1000 + 0.5)):
            if descriptor == self._reader:
                os.read(self._reader, 4096)
                self._gather()
            elif events & (select.POLLIN | select.POLLHUP | select.POLLERR):
                self._receive()

    def _gather(self) -> None:
        """Waits for further lines after a wake, unless the thread has to end."""
        if not self._stopping and not self._pausing:
            poll = select.poll()
            poll.register(self._reader, select.POLLIN)
            poll.poll(TOGETHER * 1000)
        self._woken = False  # Lines that are queued from now on need another wake.

    def _connect(self, now: float) -> None:
        for path in _places.candidates(os.environ, self._agent.socket):
            if not _places.is_trusted(path):
                continue
            hub = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            hub.setblocking(False)
            try:
                hub.connect(path)
            except OSError:  # No hub listens, or its backlog is full.
                hub.close()
                continue
            self._hub, self._path = hub, path
            self._in = b""
            self._declared.clear()
            self._unsupported = 0
            self._next_flush = now
            self._pulse = Pulse(now)
            self._put(
                {
                    "t": "hello", "v": 1, "agent": self._agent.name, "instance": self._instance,
                    "pid": os.getpid(), "client": f"fusebox-python/{VERSION}",
                    "interval_ms": round(INTERVAL * 1000),
                }
            )
            return
        self._put_off(now)

    def _put_off(self, now: float) -> None:
        self._failures += 1
        longest = min(LONGEST_WAIT, 0.1 * 2 ** min(self._failures, 6))
        self._next_try = now + random.uniform(longest / 2, longest)

    def _disconnect(self) -> None:
        if self._hub is not None:
            self._hub.close()
            self._hub = None
        self._take_back()
        self._put_off(time.monotonic())

    def _take_back(self) -> None:
        """Keeps unsent data for the next connection. Unsent counts are added to later counts."""
        events: List[Line] = []
        lines, self._out = self._out, deque()
        self._sent = 0
        for line, _ in lines:
            kind = line["t"]
            if kind == "delta":
                strategy = self._agent.strategies.get(line["s"])
                if strategy is not None:
                    strategy.number -= 1
                    strategy.meter.put_back(line)
            elif kind not in ("hello", "unsupported", "strategy", "ping", "bye"):
                events.append(line)
        self._agent.put_back(events)

    def _fill(self, now: float) -> None:
        """Creates lines if they can be sent. Until then counts are added up."""
        asks = self._hub is not None and self._pulse.wants_ping(now)
        if self._hub is None or self._out or not self._pulse.is_welcomed:
            for strategy in list(self._agent.strategies.values()):
                strategy.meter.add_up()
            return
        events = self._agent.take_events()
        # The events were taken first, so this list has all their strategies. Each is declared before its events.
        strategies = list(self._agent.strategies.values())
        for strategy in strategies:
            if strategy.name not in self._declared:
                self._declared.add(strategy.name)
                self._put(strategy.declaration())
        for event in events:
            self._put(event)
        for library in self._agent.unsupported_libraries[self._unsupported:]:
            self._unsupported += 1
            self._put(library)
        if now >= self._next_flush:
            self._next_flush = now + INTERVAL
            for strategy in strategies:
                delta = strategy.meter.delta(is_last=self._stopping)
                if delta is not None:
                    strategy.number += 1
                    self._put({"t": "delta", "s": strategy.name, "n": strategy.number, **delta})
        if asks:
            self._put({"t": "ping"})

    def _put(self, line: Line) -> None:
        data = json.dumps(line, separators=(",", ":"), allow_nan=False, default=str).encode()
        if len(data) < LONGEST_LINE:
            self._out.append((line, data + b"\n"))

    def _send(self) -> None:
        if self._hub is None or not self._out:
            return
        data = b"".join(data for _, data in self._out)
        try:
            self._sent += self._hub.send(memoryview(data)[self._sent :], socket.MSG_NOSIGNAL)
        except BlockingIOError:
            return
        except OSError:
            self._disconnect()
            return
        while self._out and self._sent >= len(self._out[0][1]):
            self._sent -= len(self._out.popleft()[1])

    def _receive(self) -> None:
        hub = self._hub
        if hub is None:
            return
        try:
            data = hub.recv(65_536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._disconnect()
            return
        self._pulse.hear(time.monotonic())
        *lines, self._in = (self._in + data).split(b"\n")
        if len(self._in) > LONGEST_LINE:
            self._disconnect()
            return
        for line in lines:
            try:
                message = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(message, dict):
                self._take(message)

    def _take(self, message: Dict[str, Any]) -> None:
        if message.get("t") == "welcome":
            self._failures = 0
            self._pulse.welcomed(beats="beat_ms" in message)
            self._read_orders(message.get("orders"))
        elif message.get("t") == "orders":
            self._read_orders(message.get("revision"))
        elif message.get("t") == "command":
            self._agent.orders.take(message)

    def _read_orders(self, revision: object) -> None:
        if revision is not None and revision != self._agent.standing.revision:
            self._agent.read_orders(self._path)

    def _say_goodbye(self) -> None:
        end = time.monotonic() + GOODBYE
        if self._hub is None:
            self._connect(time.monotonic())
        self._drain(end)
        while self._hub is not None and not self._pulse.is_welcomed and time.monotonic() < end:
            self._wait(0.02)
        if not self._pulse.is_welcomed:
            # The process ends: no later connection can send the data, so send it without a welcome.
            self._pulse.welcomed(beats=False)
            end = time.monotonic() + GOODBYE
        self._next_flush = 0.0
        self._fill(time.monotonic())
        if self._hub is not None:
            self._put({"t": "bye"})
        self._drain(end)
        if self._hub is not None:
            self._hub.close()

    def _drain(self, end: float) -> None:
        """Sends the buffered lines, until ``end`` at the latest."""
        while self._out and self._hub is not None and time.monotonic() < end:
            self._send()
            if self._out and self._hub is not None:
                poll = select.poll()
                poll.register(self._hub, select.POLLOUT)
                poll.poll(20)
