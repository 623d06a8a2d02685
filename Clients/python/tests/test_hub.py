"""Tests against the real hub, using its commands."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional

import fusebox_agent
import pytest

ROOT = Path(__file__).parent.parent
TOOL = os.environ.get("FUSEBOX_TOOL") or str(ROOT.parent.parent / ".build/debug/fusebox")


class RealHub:
    """A ``fusebox hub`` process with a temporary directory."""

    def __init__(self) -> None:
        assert Path(TOOL).exists(), f"{TOOL} is not built: run 'swift build', or set FUSEBOX_TOOL to its path"
        self.directory = tempfile.mkdtemp(prefix="fusebox-")
        self.sockets = f"{self.directory}/s"
        self.environment = {**os.environ, "XDG_STATE_HOME": self.directory, "XDG_CONFIG_HOME": self.directory}
        self.path = f"{self.sockets}/agent/fusebox.sock"
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(
            [TOOL, "hub", "--socket-dir", self.sockets], env=self.environment, stdout=subprocess.PIPE)
        assert self._process.stdout is not None and self._process.stdout.readline()

    def stop(self) -> None:
        self._process.terminate()
        self._process.communicate(timeout=30)

    def wait_for_audit(self, what: Callable[[List[str]], bool]) -> List[str]:
        """Reads the audit log until the condition is met, for at most 10 s."""
        end = time.monotonic() + 10
        while True:
            lines = Path(f"{self.directory}/fusebox/audit.ndjson").read_text().splitlines()
            if what(lines):
                return lines
            assert time.monotonic() < end, lines

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run([TOOL, *arguments, "--socket-dir", self.sockets], capture_output=True, text=True,
                              timeout=60, env=self.environment)

    def strategy(self, name: str) -> Optional[Dict[str, Any]]:
        status = json.loads(self.run("status", "--json").stdout)
        return next((s for a in status["agents"] for s in a["strategies"] if s["s"] == name), None)

    def wait(self, name: str, what: Callable[[Dict[str, Any]], Any]) -> Dict[str, Any]:
        """Runs ``fusebox status`` until the condition is met, for at most 30 s."""
        end = time.monotonic() + 30
        while True:
            found = self.strategy(name)
            if found is not None and what(found):
                return found
            assert time.monotonic() < end, found

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.directory)


@pytest.fixture
def real() -> Iterator[RealHub]:
    hub = RealHub()
    yield hub
    hub.remove()


def test_hub_shows_a_python_agent_and_forwards_commands_to_it(real: RealHub) -> None:
    fusebox_agent.install("planner", socket=real.path)
    try:
        for _ in range(3):
            with fusebox_agent.call("pay", hold=True):
                pass
        shown = real.wait("pay", lambda s: s["total"]["ok"] == 3)
        assert shown["breaker"]["state"] == "closed"
        opened = real.run("breaker", "open", "planner:pay", "--for", "15m", "--reason", "vendor down")
        assert opened.returncode == 0, opened.stderr
        with pytest.raises(fusebox_agent.Held), fusebox_agent.call("pay", hold=True):
            pass
        shown = real.wait("pay", lambda s: s["total"]["rejected"] == 1)
        assert shown["breaker"]["state"] == "forced_open"
        assert real.run("breaker", "reset", "planner:pay").returncode == 0
        assert real.run("breaker", "open", "planner:nobody").returncode == 4
    finally:
        fusebox_agent.uninstall()


def test_documented_shell_script_works_as_an_agent(real: RealHub, tmp_path: Path) -> None:
    text = (ROOT / "docs/other-languages.md").read_text()
    script = re.search(r"```sh\n(.*?)```", text, re.S)
    assert script is not None
    rsync = tmp_path / "rsync"
    rsync.write_text(f"#!/bin/sh\n[ -e {tmp_path}/tried ] || {{ touch {tmp_path}/tried; exit 1; }}\n")
    rsync.chmod(0o755)
    subprocess.run(["sh", "-ec", script[1]], check=True, timeout=30, stdout=subprocess.DEVNULL, env={
        **os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "FUSEBOX_SOCKET": real.path})
    real.wait("rsync", lambda s: s["total"]["ok"] == 1 and s["total"]["attempts"] == 2)


def test_demo_agent_reports_real_calls(real: RealHub) -> None:
    demo = subprocess.Popen([sys.executable, "-m", "fusebox_agent.demo"], env={
        **os.environ, "PYTHONPATH": str(ROOT / "src"), "FUSEBOX_SOCKET": real.path})
    try:
        real.wait("py/embedder", lambda s: s["total"]["ok"] > 0)
        real.wait("work.search", lambda s: s["total"]["ok"] > 0)
    finally:
        demo.terminate()
        assert demo.wait(30) == 0


def test_demo_adds_the_python_agent_or_reports_the_missing_module(tmp_path: Path) -> None:
    demo = subprocess.run(
        [TOOL, "demo", "--python", "--headless", "--for", "1s", "--agents", "1", "--socket-dir", f"{tmp_path}/s"],
        capture_output=True, text=True, timeout=60,
        env={**os.environ, "FUSEBOX_PYTHON": sys.executable, "PYTHONPATH": str(ROOT / "src")})
    assert (demo.returncode, demo.stderr) == (0, "")
    assert demo.stdout.startswith("demo: 4 agents")
    lacking = tmp_path / "python"
    lacking.write_text(f"#!/bin/sh\nexec {sys.executable} -S -E -I \"$@\"\n")
    lacking.chmod(0o755)
    demo = subprocess.run(
        [TOOL, "demo", "--python", "--headless", "--for", "1s"], capture_output=True, text=True, timeout=60,
        env={**os.environ, "FUSEBOX_PYTHON": str(lacking)})
    assert demo.returncode == 1
    assert "No module named" in demo.stderr and "FUSEBOX_PYTHON" in demo.stderr
