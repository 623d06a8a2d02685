"""Programs and their child processes are agents without a change to the programs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, Iterator, List, Set

import pytest
from fusebox_agent._cli import STARTUP
from fusebox_agent.hooks import HOOKS
from hub import Hub

SOURCE = str(Path(__file__).parent.parent / "src")

WORK = """
import multiprocessing, os, subprocess, sys, tenacity

@tenacity.retry
def work():
    return os.getpid()

def nothing():
    pass
"""


@pytest.fixture
def listening() -> Iterator[Hub]:
    hub = Hub().listen()
    yield hub
    hub.remove()


def run(hub: Hub, folder: Path, program: str, *arguments: str, **environment: str) -> List[int]:
    """Runs a program with ``-m fusebox_agent``. Returns the numbers that it has printed."""
    (folder / "program.py").write_text(program)
    kept = {name: value for name, value in os.environ.items() if name not in ("FUSEBOX_AGENT", "PYTHONPATH")}
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-m", "fusebox_agent", *(arguments or ("program.py",))],
        cwd=folder, capture_output=True, text=True, timeout=60,
        env={**kept, "PYTHONPATH": SOURCE, "FUSEBOX_SOCKET": hub.path, **environment})
    assert (done.returncode, done.stderr) == (0, "")
    return [int(number) for number in done.stdout.split()]


def agents(hub: Hub) -> Dict[int, str]:
    """The names of the agents by their process ids, of those that have ended."""
    names = {line["peer"]: line for line in hub.heard("hello")}
    ended = {line["peer"] for line in hub.heard("bye")}
    return {line["pid"]: line["agent"] for peer, line in names.items() if peer in ended}


def calls(hub: Hub, strategy: str) -> Dict[int, int]:
    """The number of calls of a strategy by process id."""
    pids = {line["peer"]: line["pid"] for line in hub.heard("hello")}
    counts: Dict[int, int] = {}
    for delta in hub.heard("delta", strategy):
        pid = pids[delta["peer"]]
        counts[pid] = counts.get(pid, 0) + delta["ok"]
    return counts


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_every_child_of_multiprocessing_is_an_agent(listening: Hub, tmp_path: Path, method: str) -> None:
    pids = run(listening, tmp_path, WORK + f"""
if __name__ == "__main__":
    context = multiprocessing.get_context({method!r})
    children = [context.Process(target=target) for target in (work, work, nothing)]
    for child in children: child.start()
    for child in children: child.join()
    print(work(), *(child.pid for child in children))
""")
    listening.wait(lambda: agents(listening) == dict.fromkeys(pids, "program"))
    # The resource tracker and the fork server are processes too, but no agents.
    assert {hello["pid"] for hello in listening.heard("hello")} == set(pids)
    strategy = "work" if method == "fork" else "__mp_main__.work"
    listening.wait(lambda: set(pids[1:3]) <= set(calls(listening, strategy)))


def test_fork_server_that_has_imported_a_hooked_library_is_no_agent_but_its_children_are(
    listening: Hub, tmp_path: Path
) -> None:
    (tmp_path / "library.py").write_text(WORK)
    pids = run(listening, tmp_path, """
import multiprocessing
from library import nothing, work
if __name__ == "__main__":
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["library"])
    children = [context.Process(target=target) for target in (work, work, nothing)]
    for child in children: child.start()
    for child in children: child.join()
    print(work(), *(child.pid for child in children))
""", PYTHONPATH=f"{SOURCE}:{tmp_path}")
    listening.wait(lambda: agents(listening) == dict.fromkeys(pids, "program"))
    assert {hello["pid"] for hello in listening.heard("hello")} == set(pids)
    listening.wait(lambda: set(pids[:3]) <= set(calls(listening, "library.work")))


def test_pool_of_processes_counts_every_call(listening: Hub, tmp_path: Path) -> None:
    (tmp_path / "library.py").write_text(WORK)
    run(listening, tmp_path, """
import library, multiprocessing
from concurrent.futures import ProcessPoolExecutor
if __name__ == "__main__":
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        for done in [pool.submit(library.work) for _ in range(20)]: done.result()
""")
    listening.counted("library.work", ok=20)


@pytest.mark.parametrize("line", [
    ["sys.executable", "'program.py'", "'child'"], ["sys.executable", "'-c'", "'import program; program.work()'"],
    ["sys.executable", "'-m'", "'program'", "'child'"], ["sys.executable", "'-u'", "'program.py'", "'child'"],
    ["'sh'", "'-c'", "'exec \"$0\" program.py child'", "sys.executable"]])
def test_every_python_process_that_a_program_starts_is_an_agent(
    listening: Hub, tmp_path: Path, line: List[str]
) -> None:
    pids = run(listening, tmp_path, WORK + f"""
if __name__ == "__main__":
    print(work(), flush=True)
    if sys.argv[1:] != ["child"]:
        child = subprocess.Popen([{', '.join(line)}])
        assert child.wait() == 0
        print(child.pid)
""")
    expected = dict.fromkeys(pids, "program")
    if line[:2] == ["sys.executable", "'-c'"]:
        expected[pids[1]] = "python"
    listening.wait(lambda: agents(listening) == expected)


def test_name_in_the_environment_applies_to_children_too(listening: Hub, tmp_path: Path) -> None:
    pids = run(listening, tmp_path, WORK + """
work()
print(os.getpid(), flush=True)
if sys.argv[1:] != ["child"]: subprocess.run([sys.executable, "program.py", "child"], check=True)
""", FUSEBOX_AGENT="planner")
    listening.wait(lambda: agents(listening) == dict.fromkeys(pids, "planner") and len(pids) == 2)


@pytest.mark.parametrize("arguments", [["program.py"], ["-m", "program"], ["-c", "import program"]])
def test_process_without_a_hooked_library_is_no_agent(listening: Hub, tmp_path: Path, arguments: List[str]) -> None:
    run(listening, tmp_path, """
import asyncio, email, importlib.util, json, subprocess, sys, threading
assert importlib.util.find_spec("tenacity") is not None
assert [thread.name for thread in threading.enumerate()] == ["MainThread"]
assert "fusebox_agent._startup" in sys.modules and "fusebox_agent._link" not in sys.modules
subprocess.run([sys.executable, "-m", "pip", "--version"], check=True, stdout=subprocess.DEVNULL)
""", *arguments)
    assert not listening.peers


@pytest.mark.parametrize("use", [
    "with fusebox_agent.call('c'): pass", "fusebox_agent.strategy('c')",
    "@fusebox_agent.call('c')\ndef f(): pass\nf()"])
def test_use_of_the_package_makes_a_process_an_agent(listening: Hub, tmp_path: Path, use: str) -> None:
    run(listening, tmp_path, f"import fusebox_agent\nassert fusebox_agent.installed()\n{use}")
    listening.declared("c")


def test_import_of_the_package_does_not_make_a_process_an_agent(listening: Hub, tmp_path: Path) -> None:
    run(listening, tmp_path, "import fusebox_agent, fusebox_agent.demo\nfrom fusebox_agent import Limit, install\n")
    assert not listening.peers


def test_name_given_to_install_replaces_the_name_of_the_script(listening: Hub, tmp_path: Path) -> None:
    run(listening, tmp_path, """
import fusebox_agent
fusebox_agent.install("planner")
import tenacity
tenacity.retry(lambda: None)()
fusebox_agent.install("second")
""")
    assert list(listening.wait(lambda: agents(listening)).values()) == ["planner"]


def test_library_imported_by_another_hooked_library_starts_the_agent_once(listening: Hub, tmp_path: Path) -> None:
    run(listening, tmp_path, """
import stamina, sys, tenacity
assert hasattr(tenacity.BaseRetrying.iter, "__wrapped__") and hasattr(stamina._core._make_before_sleep, "__wrapped__")
import fusebox_agent
fusebox_agent.uninstall()
assert not hasattr(tenacity.BaseRetrying.iter, "__wrapped__")
""")
    assert listening.declared("stamina") and len(listening.heard("hello")) == 1


def test_calls_in_exit_functions_are_counted(listening: Hub, tmp_path: Path) -> None:
    run(listening, tmp_path, f"import atexit\natexit.register(lambda: work())\n{WORK}")
    listening.counted("work", ok=1)


def test_empty_socket_variable_disables_the_hook(listening: Hub, tmp_path: Path) -> None:
    run(listening, tmp_path, """
import sys, tenacity
assert "fusebox_agent._api" not in sys.modules and not hasattr(tenacity.BaseRetrying.iter, "__wrapped__")
""", FUSEBOX_SOCKET="")


def with_hook(folder: Path, *line: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Runs Python with the hook's directory on ``PYTHONPATH``, and nothing else of the package."""
    return subprocess.run(
        [sys.executable, *line], cwd=folder, capture_output=True, text=True, timeout=60,
        env={"PATH": os.environ["PATH"], "FUSEBOX_SOCKET": "/nowhere", "PYTHONPATH": STARTUP, **environment})


def test_hook_works_in_a_python_without_the_package(tmp_path: Path) -> None:
    (tmp_path / "pybreaker.py").write_text("")
    code = "import pybreaker, sys, threading; print(len(threading.enumerate()), sys.path)"
    environment = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    done, plain = (
        subprocess.run([str(environment / "bin/python"), "-c", code], cwd=tmp_path, capture_output=True, text=True,
                       env={"FUSEBOX_SOCKET": "/nowhere", **more}) for more in ({"PYTHONPATH": STARTUP}, {}))
    assert (done.stderr, plain.stderr) == ("", "")
    assert (done.stdout[0], plain.stdout[0]) == ("2", "1") and done.stdout[1:] == plain.stdout[1:]


@pytest.mark.parametrize("text, code", [
    ("print('customized')", "import sitecustomize; print(sitecustomize.__file__)"),
    ("raise ValueError('its own error')", "print('ran')"),
    ("import missing_module", "print('ran')"),
    ("def f(:", "print('ran')"),
    ("import sys; sys.path.append('/added')", "import sys; print(sys.path)"),
    ("import sys, types; sys.modules[__name__] = types.SimpleNamespace(x=1)", "import sitecustomize as s; print(s)"),
])
def test_hidden_sitecustomize_is_run_as_python_runs_it(tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "sitecustomize.py").write_text(text)
    plain = with_hook(tmp_path, "-c", code, PYTHONPATH=str(tmp_path))
    done = with_hook(tmp_path, "-c", code, PYTHONPATH=f"{STARTUP}:{tmp_path}")
    assert (done.returncode, done.stdout, done.stderr) == (plain.returncode, plain.stdout, plain.stderr)


def test_two_hooks_of_different_copies_start_once(tmp_path: Path) -> None:
    (tmp_path / "copy").symlink_to(SOURCE)
    places = f"{tmp_path}/copy/fusebox_agent/startup:{STARTUP}"
    code = "import sys, tenacity; print(sys.path[1:2], sum(type(f).__name__ == 'Imports' for f in sys.meta_path))"
    assert with_hook(tmp_path, "-c", code, PYTHONPATH=places).stdout.split()[-1] == "1"
    assert "startup" not in with_hook(tmp_path, "-c", code, PYTHONPATH=places).stdout


def test_broken_package_costs_only_telemetry(tmp_path: Path) -> None:
    folder = tmp_path / "fusebox_agent/startup"
    folder.mkdir(parents=True)
    (folder / "sitecustomize.py").write_text(Path(STARTUP, "sitecustomize.py").read_text())
    (folder.parent / "__init__.py").write_text("raise RuntimeError('damaged')")
    done = with_hook(tmp_path, "-c", "print('ran')", PYTHONPATH=str(folder))
    assert (done.returncode, done.stdout, done.stderr) == (0, "ran\n", "")
    assert "damaged" in with_hook(tmp_path, "-v", "-c", "", PYTHONPATH=str(folder)).stderr


def test_hook_loads_no_module_of_the_standard_library_that_python_does_not_load(tmp_path: Path) -> None:
    code = "import json, sys; print(json.dumps(sorted(sys.modules)))"

    def modules(**environment: str) -> Set[str]:
        loaded: List[str] = json.loads(with_hook(tmp_path, "-c", code, **environment).stdout)
        return set(loaded)

    added = modules() - modules(PYTHONPATH="")
    others = {name for name in added if not name.startswith("fusebox_agent")}
    assert others <= {"sitecustomize", "atexit", "__future__"}
    assert len(added) < 12


def test_hook_watches_every_library_that_has_a_hook(tmp_path: Path) -> None:
    code = "import json, sys; print(json.dumps([n for n in json.loads(sys.argv[1]) if sys.meta_path[0].watches(n)]))"
    done = with_hook(tmp_path, "-c", code, json.dumps(list(HOOKS)))
    watched: Any = json.loads(done.stdout)
    assert watched == list(HOOKS)
