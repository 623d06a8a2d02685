"""A hub for tests: it records an agent's lines and sends commands."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import socket
import tempfile
import threading
import time
from typing import Any, Callable, Dict, List, Optional

PATIENCE = 10.0


class Hub:
    """Listens in a private directory and keeps every received line.

    :param welcome: the bytes sent to a new connection; may be empty.
    :param answers: whether it answers pings.
    """

    def __init__(self, welcome: bytes = b'{"t":"welcome","v":1}\n', answers: bool = False) -> None:
        self.welcome = welcome
        self.answers = answers
        self.directory = tempfile.mkdtemp(prefix="fusebox-")
        os.mkdir(f"{self.directory}/agent", 0o700)
        self.path = f"{self.directory}/agent/fusebox.sock"
        self.lines: List[Dict[str, Any]] = []
        self._news = threading.Condition()
        self._numbers = itertools.count(1)
        self.peers: List[socket.socket] = []
        self._socket: Optional[socket.socket] = None

    def listen(self, reads: bool = True) -> "Hub":
        server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        server.bind(self.path)
        os.chmod(self.path, 0o600)
        server.listen(16)
        self._socket = server
        if reads:
            threading.Thread(target=self._accept, args=(server,), daemon=True).start()
        return self

    def _accept(self, server: socket.socket) -> None:
        while True:
            try:
                peer, _ = server.accept()
            except OSError:
                return
            self.peers.append(peer)
            try:
                peer.sendall(self.welcome)
            except OSError:  # The agent has sent its lines and closed the connection.
                pass
            threading.Thread(target=self._read, args=(peer,), daemon=True).start()

    def _pong(self, peer: socket.socket) -> None:
        try:
            peer.sendall(b'{"t":"pong"}\n')
        except OSError:
            pass

    def _read(self, peer: socket.socket) -> None:
        instance = None
        with peer.makefile("rb") as file:
            try:
                for data in file:
                    line = json.loads(data)
                    if line["t"] == "hello":
                        instance = line["instance"]
                    line["peer"] = instance
                    if line["t"] == "ping" and self.answers:
                        self._pong(peer)
                    with self._news:
                        self.lines.append(line)
                        self._news.notify_all()
            except OSError:
                pass

    def close(self) -> None:
        """Closes all connections and removes the socket."""
        if self._socket is not None:
            self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()
            self._socket = None
            os.unlink(self.path)
        for peer in self.peers:
            try:
                peer.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            peer.close()
        self.peers.clear()

    def remove(self) -> None:
        self.close()
        shutil.rmtree(self.directory)

    def wait(self, what: Callable[[], Any]) -> Any:
        """Waits until ``what`` returns a true value; it is called again after each line."""
        end = time.monotonic() + PATIENCE
        with self._news:
            while True:
                found = what()
                if found:
                    return found
                left = end - time.monotonic()
                assert left > 0, f"condition not met in {PATIENCE} s; last lines: {self.lines[-20:]}"
                self._news.wait(left)

    def poll(self, what: Callable[[], Any]) -> Any:
        """Calls ``what``, which takes part in what it waits for, until it returns a true value."""
        end = time.monotonic() + 3 * PATIENCE
        while True:
            found = what()
            if found:
                return found
            assert time.monotonic() < end, f"condition not met in {3 * PATIENCE} s; last lines: {self.lines[-20:]}"

    def heard(self, t: str, s: Optional[str] = None) -> List[Dict[str, Any]]:
        return [x for x in list(self.lines) if x["t"] == t and (s is None or x.get("s") == s)]

    def declared(self, s: str) -> Dict[str, Any]:
        """The last declaration of a strategy."""
        return self.wait(lambda: self.heard("strategy", s))[-1]

    def total(self, s: str) -> Dict[str, Any]:
        """The sums of a strategy's deltas."""
        total: Dict[str, Any] = {
            "ok": 0, "failed": 0, "rejected": 0, "cancelled": 0, "attempts": 0, "retries": {}, "errors": {},
            "fallback": 0,
        }
        for delta in self.heard("delta", s):
            for key in ("ok", "failed", "rejected", "cancelled", "attempts"):
                total[key] += delta[key]
            for key in ("retries", "errors"):
                for name, count in delta[key].items():
                    total[key][name] = total[key].get(name, 0) + count
            total["fallback"] += delta.get("fallback", {}).get("used", 0)
        return total

    def counted(self, s: str, **wanted: Any) -> Dict[str, Any]:
        """Waits until the sums of a strategy's deltas have all the wanted values."""
        def found() -> Any:
            total = self.total(s)
            return total if all(total[key] == value for key, value in wanted.items()) else None

        try:
            return self.wait(found)
        except AssertionError:
            raise AssertionError(f"{s}: expected {wanted}, got {self.total(s)}") from None

    def order(self, s: str, do: str, **more: Any) -> Dict[str, Any]:
        """Sends a command and waits for its answer."""
        id_ = f"c{next(self._numbers)}"
        self.give({"t": "command", "id": id_, "s": s, "do": do, **more})
        return self.answer(id_)

    def give(self, line: Dict[str, Any]) -> None:
        self.wait(lambda: self.peers)
        self.peers[-1].sendall(json.dumps(line).encode() + b"\n")

    def answer(self, id_: str) -> Dict[str, Any]:
        return self.wait(lambda: [x for x in self.heard("ack") if x["id"] == id_])[-1]
