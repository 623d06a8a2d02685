"""Effects that the client must not have on a program. Each test runs a separate process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Iterator

import pytest
from hub import Hub

SOURCE = str(Path(__file__).parent.parent / "src")


@pytest.fixture
def listening() -> Iterator[Hub]:
    hub = Hub().listen()
    yield hub
    hub.remove()


def run(hub: Hub, program: str, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *(arguments or ("-c", program))], capture_output=True, text=True, timeout=60,
        env={**os.environ, "PYTHONPATH": SOURCE, "FUSEBOX_SOCKET": hub.path, "FUSEBOX_AGENT": "child", **environment})


def test_short_program_sends_everything_before_it_exits(listening: Hub) -> None:
    done = run(listening, "import fusebox_agent as f; f.install()\nwith f.call('c'): pass")
    assert (done.returncode, done.stderr) == (0, "")
    listening.counted("c", ok=1)
    listening.wait(lambda: listening.heard("bye"))


def test_forked_child_is_a_separate_agent_with_separate_counts(listening: Hub) -> None:
    done = run(listening, """
import fusebox_agent as f, os
f.install()
with f.call('c'): pass
with f.call('c'):
    child = os.fork()
if not child:
    with f.call('c'): pass
    with f.call('only'): pass
    f.uninstall()
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
print(os.getpid(), child)
""")
    assert (done.returncode, done.stderr) == (0, "")

    # Either process may connect first.
    def instance_of(pid: str) -> str:
        return listening.wait(lambda: [h for h in listening.heard("hello") if h["pid"] == int(pid)])[0]["instance"]

    parent, child = map(instance_of, done.stdout.split())
    assert parent != child

    def ok(instance: str) -> int:
        return sum(d["ok"] for d in listening.heard("delta", "c") if d["peer"] == instance)
    listening.wait(lambda: ok(parent) == 2 and ok(child) == 1)


def test_fork_finds_no_client_thread_and_keeps_the_connection(listening: Hub) -> None:
    done = run(listening, "", "-W", "always", "-c", """
import fusebox_agent as f, os, sys, threading
f.install()
with f.call('c'): pass
for _ in range(30):
    with f.call('c'):
        child = os.fork()
    if not child:
        os._exit(threading.active_count() - 1)
    assert os.waitpid(child, 0)[1] == 0
assert 'fusebox-agent' in [t.name for t in threading.enumerate()]
""")
    assert (done.returncode, done.stderr) == (0, "")
    listening.counted("c", ok=31, cancelled=0)
    assert len(listening.heard("hello")) == 1


def test_multiprocessing_child_sends_its_counts(listening: Hub) -> None:
    done = run(listening, "", "-c", """
import fusebox_agent as f, multiprocessing as m
f.install()
def work():
    with f.call('c'): pass
child = m.get_context('fork').Process(target=work)
child.start(); child.join()
assert child.exitcode == 0
""")
    assert (done.returncode, done.stderr) == (0, "")
    listening.counted("c", ok=1)


def test_fork_while_other_threads_call_does_not_hang(listening: Hub) -> None:
    done = run(listening, "", "-W", "ignore::DeprecationWarning", "-c", """
import fusebox_agent as f, os, threading
f.install()
stop = threading.Event()
def work():
    while not stop.is_set():
        with f.call('c'): pass
threads = [threading.Thread(target=work) for _ in range(4)]
for t in threads: t.start()
for _ in range(50):
    child = os.fork()
    if not child:
        with f.call('c'): pass
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
stop.set()
for t in threads: t.join()
""")
    assert (done.returncode, done.stderr) == (0, "")


def test_program_without_a_hub_exits_at_once() -> None:
    hub = Hub()
    try:
        done = run(hub, "import fusebox_agent as f; f.install()\nwith f.call('c'): pass")
        assert (done.returncode, done.stderr) == (0, "")
    finally:
        hub.remove()


def test_hub_started_later_receives_everything() -> None:
    hub = Hub()
    program = subprocess.Popen(
        [sys.executable, "-c", """
import fusebox_agent as f, sys
f.install()
with f.call('c'): pass
sys.stdin.readline()
"""], stdin=subprocess.PIPE, env={**os.environ, "PYTHONPATH": SOURCE, "FUSEBOX_SOCKET": hub.path})
    try:
        hub.listen()
        hub.counted("c", ok=1)
        hub.close()
        hub.lines.clear()
        hub.listen()
        # The same instance declares its strategies again.
        hub.declared("c")
        program.communicate(b"\n")
        assert program.returncode == 0
    finally:
        program.kill()
        program.wait()
        hub.remove()


def test_hub_that_does_not_read_costs_neither_time_nor_memory() -> None:
    hub = Hub().listen(reads=False)
    try:
        done = run(hub, """
import fusebox_agent as f, gc, json, resource, time
f.install()
def calls(n):
    start = time.perf_counter()
    for i in range(n):
        with f.call('c'): pass
    return (time.perf_counter() - start) / n
calls(50_000)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
each = calls(int(__import__('os').environ.get('FUSEBOX_CALLS', '200000')))
print(json.dumps({'grew_kib': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, 'us': each * 1e6}))
""")
        assert (done.returncode, done.stderr) == (0, "")
        assert json.loads(done.stdout)["grew_kib"] < 4_096, done.stdout
    finally:
        hub.remove()


def test_install_changes_no_signal_handler_and_starts_only_daemon_threads(listening: Hub) -> None:
    done = run(listening, """
import signal, threading
before = [signal.getsignal(n) for n in range(1, 32)]
import fusebox_agent as f; f.install()
assert before == [signal.getsignal(n) for n in range(1, 32)]
assert all(t.daemon for t in threading.enumerate() if t is not threading.main_thread())
""")
    assert (done.returncode, done.stderr) == (0, "")


def test_signal_handler_may_make_a_call_during_another_call(listening: Hub) -> None:
    done = run(listening, """
import fusebox_agent as f, signal, time
f.install()
def handler(*_):
    with f.call('c'): pass
signal.signal(signal.SIGALRM, handler)
signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
for _ in range(100_000):
    with f.call('c'): pass
signal.setitimer(signal.ITIMER_REAL, 0)
""")
    assert (done.returncode, done.stderr) == (0, "")


def test_import_loads_no_library_and_starts_no_thread() -> None:
    done = subprocess.run([sys.executable, "-X", "importtime", "-c", """
import sys
import fusebox_agent, threading
assert not {'tenacity', 'httpx', 'pybreaker', 'litellm', 'asyncio'} & set(sys.modules)
assert threading.active_count() == 1
"""], capture_output=True, text=True, timeout=60, env={**os.environ, "PYTHONPATH": SOURCE})
    assert done.returncode == 0, done.stderr


def test_libraries_imported_before_or_after_install_are_hooked(listening: Hub) -> None:
    done = run(listening, """
import tenacity
import fusebox_agent as f; f.install()
import importlib.util, pybreaker
assert hasattr(tenacity.BaseRetrying.iter, '__wrapped__') and hasattr(pybreaker.CircuitBreaker.call, '__wrapped__')
assert importlib.util.find_spec('pybreaker') is not None
f.uninstall()
assert not hasattr(tenacity.BaseRetrying.iter, '__wrapped__') and not hasattr(pybreaker.CircuitBreaker.call, '__wrapped__')
""")
    assert (done.returncode, done.stderr) == (0, "")


def test_library_with_an_unknown_structure_is_not_hooked(listening: Hub, tmp_path: Path) -> None:
    (tmp_path / "pybreaker.py").write_text("class CircuitBreaker:\n    pass\n")
    done = run(listening, f"""
import sys; sys.path.insert(0, {str(tmp_path)!r})
import fusebox_agent as f; f.install()
import pybreaker
assert pybreaker.CircuitBreaker()
""")
    assert (done.returncode, done.stderr) == (0, "")


def test_unchanged_script_runs_as_an_agent(listening: Hub, tmp_path: Path) -> None:
    (tmp_path / "beside.py").write_text("word = 'beside'\n")
    (tmp_path / "agent.py").write_text("""
import sys, beside, tenacity
assert __name__ == '__main__' and sys.argv[1:] == ['--x', 'y'] and beside.word
@tenacity.retry(stop=tenacity.stop_after_attempt(2))
def fetch(): pass
fetch()
sys.exit(7)
""")
    done = run(listening, "", "-m", "fusebox_agent", str(tmp_path / "agent.py"), "--x", "y", FUSEBOX_AGENT="")
    assert (done.returncode, done.stderr) == (7, "")
    listening.counted("fetch", ok=1)
    assert listening.heard("hello")[0]["agent"] == "agent"


def test_unchanged_module_runs_as_an_agent(listening: Hub, tmp_path: Path) -> None:
    (tmp_path / "worker.py").write_text("import fusebox_agent\nwith fusebox_agent.call('c'): pass\n")
    done = run(listening, "", "-m", "fusebox_agent", "-m", "worker", FUSEBOX_AGENT="",
               PYTHONPATH=f"{SOURCE}:{tmp_path}")
    assert (done.returncode, done.stderr) == (0, "")
    listening.counted("c", ok=1)
    assert listening.heard("hello")[0]["agent"] == "worker"


def test_wrong_arguments_are_reported(listening: Hub) -> None:
    assert run(listening, "", "-m", "fusebox_agent").returncode == 64
    done = run(listening, "", "-m", "fusebox_agent", "nowhere.py")
    assert done.returncode == 2 and "nowhere.py: no such file" in done.stderr


def test_command_that_expired_while_the_process_was_stopped_is_not_run(listening: Hub) -> None:
    program = subprocess.Popen(
        [sys.executable, "-c", "import fusebox_agent as f, sys\nf.install()\nf.strategy('c', hold=True)\nsys.stdin.readline()"],
        stdin=subprocess.PIPE, env={**os.environ, "PYTHONPATH": SOURCE, "FUSEBOX_SOCKET": listening.path})
    try:
        listening.declared("c")
        program.send_signal(signal.SIGSTOP)
        expires = time.monotonic() * 1000 + 20
        listening.give({"t": "command", "id": "late", "s": "c", "do": "open", "expires_mono_ms": expires})
        while time.monotonic() * 1000 < expires:
            pass
        program.send_signal(signal.SIGCONT)
        assert listening.answer("late")["code"] == "expired" and not listening.heard("breaker")
    finally:
        program.kill()
        program.communicate()
