"""Against the hub itself, through its own commands."""

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
from typing import Any, Callable, Dict, Iterator, Optional

import fusebox_agent
import pytest

ROOT = Path(__file__).parent.parent
TOOL = os.environ.get("FUSEBOX_TOOL") or str(ROOT.parent.parent / ".build/debug/fusebox")


class RealHub:
    """``fusebox hub`` in a directory of its own."""

    def __init__(self) -> None:
        assert Path(TOOL).exists(), f"{TOOL} is not built: run 'swift build', or say where it is in FUSEBOX_TOOL"
        self.directory = tempfile.mkdtemp(prefix="fusebox-")
        self.sockets = f"{self.directory}/s"
        self.environment = {**os.environ, "XDG_STATE_HOME": self.directory, "XDG_CONFIG_HOME": self.directory}
        self._process = subprocess.Popen(
            [TOOL, "hub", "--socket-dir", self.sockets], env=self.environment, stdout=subprocess.PIPE)
        assert self._process.stdout is not None and self._process.stdout.readline()
        self.path = f"{self.sockets}/agent/fusebox.sock"

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run([TOOL, *arguments, "--socket-dir", self.sockets], capture_output=True, text=True,
                              timeout=60, env=self.environment)

    def strategy(self, name: str) -> Optional[Dict[str, Any]]:
        status = json.loads(self.run("status", "--json").stdout)
        return next((s for a in status["agents"] for s in a["strategies"] if s["s"] == name), None)

    def wait(self, name: str, what: Callable[[Dict[str, Any]], Any]) -> Dict[str, Any]:
        """Asks again until it is so; each question is a process, and takes its time."""
        end = time.monotonic() + 30
        while True:
            found = self.strategy(name)
            if found is not None and what(found):
                return found
            assert time.monotonic() < end, found

    def remove(self) -> None:
        self._process.terminate()
        self._process.communicate(timeout=30)
        shutil.rmtree(self.directory)


@pytest.fixture
def real() -> Iterator[RealHub]:
    hub = RealHub()
    yield hub
    hub.remove()


def test_the_hub_shows_a_python_agent_and_its_operators_reach_it(real: RealHub) -> None:
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


def test_the_shell_script_of_the_documentation_is_an_agent(real: RealHub, tmp_path: Path) -> None:
    text = (ROOT / "docs/other-languages.md").read_text()
    script = re.search(r"```sh\n(.*?)```", text, re.S)
    assert script is not None
    rsync = tmp_path / "rsync"
    rsync.write_text(f"#!/bin/sh\n[ -e {tmp_path}/tried ] || {{ touch {tmp_path}/tried; exit 1; }}\n")
    rsync.chmod(0o755)
    subprocess.run(["sh", "-ec", script[1]], check=True, timeout=30, stdout=subprocess.DEVNULL, env={
        **os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "FUSEBOX_SOCKET": real.path})
    real.wait("rsync", lambda s: s["total"]["ok"] == 1 and s["total"]["attempts"] == 2)


def test_the_demo_agent_is_real(real: RealHub) -> None:
    demo = subprocess.Popen([sys.executable, "-m", "fusebox_agent.demo"], env={
        **os.environ, "PYTHONPATH": str(ROOT / "src"), "FUSEBOX_SOCKET": real.path})
    try:
        real.wait("py/embedder", lambda s: s["total"]["ok"] > 0)
        real.wait("work.search", lambda s: s["total"]["ok"] > 0)
    finally:
        demo.terminate()
        assert demo.wait(30) == 0


def test_the_demo_adds_it_and_says_what_is_missing_where_it_cannot(tmp_path: Path) -> None:
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
