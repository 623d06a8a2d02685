"""A program run by ``python -m fusebox_agent`` or ``fusebox-agent run`` behaves as with plain Python."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List, Sequence, Union

import pytest
from fusebox_agent._cli import STARTUP, agent_environment, interpreter_options

SOURCE = str(Path(__file__).parent.parent / "src")

REPORT = """
import atexit, json, os, pickle, signal, subprocess, sys, threading
import tenacity  # A hooked library: with the hook, an agent runs in this process.

class Point:
    def __eq__(self, other):
        return type(self) is type(other)

def pickles():
    return pickle.loads(pickle.dumps(Point())) == Point()

def show(**facts):
    print(json.dumps(facts, default=repr, sort_keys=True), flush=True)

def later():
    threading.main_thread().join()
    show(pickled_in_thread=pickles())

main = sys.modules["__main__"]
spec = main.__spec__
show(
    names={name: repr(value) for name, value in vars(main).items() if isinstance(value, (str, type(None)))},
    is_main=vars(main) is globals(),
    spec=spec and [spec.name, spec.origin, spec.cached, spec.parent, type(spec.loader).__name__],
    loader=type(main.__loader__).__name__,
    argv=sys.argv, command=open("/proc/self/cmdline").read().split("\\0"),
    path=sys.path, cwd=os.getcwd(), executable=sys.executable, prefix=sys.prefix,
    flags=repr(sys.flags), options=sys._xoptions, warnings=sys.warnoptions,
    streams=[(s.encoding, s.errors, s.line_buffering, s.write_through) for s in (sys.stdout, sys.stderr)],
    excepthook=sys.excepthook is sys.__excepthook__, profile=sys.getprofile(), trace=sys.gettrace(),
    handlers=[signal.getsignal(number) for number in range(1, 65) if number not in (32, 33)],
    signals=subprocess.run(["grep", "^Sig[BI]", "/proc/self/status"], stdout=subprocess.PIPE, text=True,
                           restore_signals=False).stdout,
    locale=os.environ.get("LC_CTYPE"), pickled=pickles(), recursion=sys.getrecursionlimit(),
)
if "--read" in sys.argv:
    show(read=sys.stdin.read())
atexit.register(lambda: show(exit="registered first"))
atexit.register(lambda: show(exit="registered second", pickled_at_exit=pickles(), main=sys.modules["__main__"] is main))
threading.Thread(target=later).start()
sys.exit(7)
"""

FORMS: Dict[str, List[str]] = {
    "script": ["report.py", "--read", "a b", ""],
    "path of a script": ["./folder/../report.py"],
    "linked script": ["folder/linked.py"],
    "directory": ["program"],
    "archive": ["program.zip", "x"],
    "module": ["-m", "report", "-m", "x"],
    "module in one word": ["-mreport"],
    "package": ["-m", "program", "x"],
    "code": ["-c", REPORT, "x", "-c"],
    "standard input": ["-", "x"],
}
OPTIONS = ["-X", "dev", "-Wignore", "-W", "error::FutureWarning", "-uO"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "report.py").write_text(REPORT)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/linked.py").symlink_to("../report.py")
    (tmp_path / "program").mkdir()
    (tmp_path / "program/__main__.py").write_text(REPORT)
    shutil.make_archive(str(tmp_path / "program"), "zip", tmp_path / "program")
    tool = tmp_path / "bin/tool"
    tool.parent.mkdir()
    tool.write_text(f"#!{sys.executable}\n{REPORT}")
    tool.chmod(0o755)
    return tmp_path


def run(folder: Path, *line: str, given: str = "", **environment: str) -> "subprocess.CompletedProcess[str]":
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "FUSEBOX", "L"))}
    return subprocess.run(line, cwd=folder, input=given, capture_output=True, text=True, timeout=60, env={
        **kept,
        "PYTHONPATH": SOURCE, "FUSEBOX_SOCKET": str(folder / "no hub"), "PATH": f"{folder}/bin:{os.environ['PATH']}",
        **environment})


def outcome(done: "subprocess.CompletedProcess[str]") -> List[Any]:
    return [done.returncode, done.stdout.splitlines(), re.sub(" at 0x\\w+", "", done.stderr).splitlines()]


def compare(folder: Path, options: Sequence[str], form: Sequence[str], **more: str) -> List[Any]:
    """Runs a form with plain Python and with ``-m fusebox_agent``. Returns what both have done."""
    plain = outcome(run(folder, sys.executable, *options, *form, **more))
    assert outcome(run(folder, sys.executable, *options, "-m", "fusebox_agent", *form, **more)) == plain
    return plain


@pytest.mark.parametrize("form", FORMS)
def test_program_is_equal_to_plain_python(folder: Path, form: str) -> None:
    given = REPORT if form == "standard input" else "what the program reads\n"
    code, lines, errors = compare(folder, ["-W", "ignore"], FORMS[form], given=given)
    assert (code, errors) == (7, [])
    last = [json.loads(line) for line in lines]
    assert [fact["exit"] for fact in last if "exit" in fact] == ["registered second", "registered first"]
    assert last[0]["pickled"] and {"pickled_in_thread": True} in last
    assert [fact["pickled_at_exit"] for fact in last if "pickled_at_exit" in fact] == [True]


@pytest.mark.parametrize("form", ["script", "module", "code", "standard input"])
def test_options_of_the_interpreter_are_kept(folder: Path, form: str) -> None:
    code, lines, errors = compare(folder, OPTIONS, FORMS[form], given=REPORT)
    assert (code, errors) == (7, [])
    assert json.loads(lines[0])["streams"][0][3] and "optimize=1" in json.loads(lines[0])["flags"]


@pytest.mark.parametrize("environment", [
    {"LC_ALL": "C"}, {"LC_CTYPE": "C"}, {"LANG": "C.UTF-8"}, {"PYTHONPATH": f"{SOURCE}:relative:/none"},
    {"PYTHONPATH": f"{SOURCE}:"}, {"PYTHONSAFEPATH": "1"}, {"PYTHONUTF8": "0"}])
def test_environment_has_the_same_effects_as_with_plain_python(folder: Path, environment: Dict[str, str]) -> None:
    assert compare(folder, [], ["report.py"], **environment)[0] == 7


@pytest.mark.parametrize("code, end", [
    ("sys.exit(3)", 3),
    ("sys.exit('the reason')", 1),
    ("sys.exit()", 0),
    ("os._exit(4)", 4),
    ("def f():\n    raise ValueError('x')\nf()", 1),
    ("try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    raise OSError(5, 'y') from e", 1),
    ("import module_that_is_missing", 1),
    ("def f(:", 1),
    ("raise KeyboardInterrupt", -signal.SIGINT),
    ("os.kill(os.getpid(), signal.SIGTERM)", -signal.SIGTERM),
    ("os.kill(os.getpid(), signal.SIGINT); signal.pause()", -signal.SIGINT),
    ("os.kill(os.getpid(), signal.SIGPIPE); print('ignored')", 0),
    ("import atexit; atexit.register(lambda: 1 / 0); atexit.register(print, 'bye'); raise SystemExit(5)", 5),
    ("import threading; threading.Thread(target=lambda: 1 / 0, name='t').start()", 0),
    ("import warnings; warnings.warn('careful')", 0),
    ("sys.stdout.write('no newline'); sys.stderr.write('no newline')", 0),
    ("import broken.library", 1),
    ("import httpx", 1),
])
def test_exit_codes_tracebacks_and_signals_are_equal_to_plain_python(
    folder: Path, code: str, end: int
) -> None:
    (folder / "broken").mkdir()
    (folder / "broken/__init__.py").write_text("import os\n")
    (folder / "broken/library.py").write_text("def f():\n    raise RuntimeError('z')\nf()\n")
    (folder / "httpx.py").write_text("def f():\n    raise RuntimeError('a hooked library fails')\nf()\n")
    program = f"import os, signal, sys\nimport tenacity\n{code}\n"
    (folder / "failing.py").write_text(program)
    for form in (["failing.py"], ["-c", program], ["-m", "failing"]):
        assert compare(folder, ["-W", "default"], form)[0] == end


@pytest.mark.parametrize("form", [["./missing.py"], ["-m", "missing"], ["folder/"], ["-m", "folder"]])
def test_missing_program_is_reported_by_python(folder: Path, form: List[str]) -> None:
    code, lines, errors = compare(folder, [], form)
    assert code in (1, 2) and errors and not lines


@pytest.mark.parametrize("form", [["waiting.py"], ["waiting"], ["-c", "import waiting"]])
def test_process_keeps_its_id_and_receives_signals(folder: Path, form: List[str]) -> None:
    program = "import os, signal, sys, tenacity\nprint(os.getpid(), flush=True)\nsys.stdin.read()\n"
    (folder / "waiting.py").write_text(program)
    (folder / "bin/waiting").write_text(f"#!{sys.executable}\n{program}")
    (folder / "bin/waiting").chmod(0o755)
    process = subprocess.Popen(
        [sys.executable, "-m", "fusebox_agent", *form], cwd=folder, text=True, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": SOURCE, "FUSEBOX_SOCKET": "/nowhere", "PATH": f"{folder}/bin"})
    try:
        assert process.stdout is not None and int(process.stdout.readline()) == process.pid
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
        assert process.returncode == -signal.SIGINT and errors.endswith("KeyboardInterrupt\n")
        assert "fusebox" not in errors
    finally:
        process.kill()
        process.communicate()


def test_console_command_on_the_path_is_run_by_its_own_interpreter(folder: Path) -> None:
    plain = outcome(run(folder, "tool", "x", "--read", given="y"))
    assert plain[0] == 7 and plain[2] == []
    assert outcome(run(folder, sys.executable, "-m", "fusebox_agent", "tool", "x", "--read", given="y")) == plain
    code = "from fusebox_agent._cli import command; command()"
    assert outcome(run(folder, sys.executable, "-c", code, "run", "tool", "x", "--read", given="y")) == plain
    assert outcome(run(folder, sys.executable, "-c", code, "run", "--", "tool", "x", "--read", given="y")) == plain


def test_file_of_the_current_directory_comes_before_a_command_on_the_path(folder: Path) -> None:
    (folder / "tool").write_text("print('the file')")
    assert compare(folder, [], ["tool"]) == [0, ["the file"], []]


def test_directory_without_a_program_does_not_hide_a_command(folder: Path) -> None:
    (folder / "tool").mkdir()
    assert run(folder, sys.executable, "-m", "fusebox_agent", "tool").returncode == 7


def test_files_named_like_the_standard_library_do_not_affect_the_start(folder: Path) -> None:
    for name in ("shutil", "signal", "subprocess"):
        (folder / f"{name}.py").write_text("raise SystemExit('imported from the current directory')")
    (folder / "folder/plain.py").write_text("print('ran')")
    assert compare(folder, [], ["folder/plain.py"]) == [0, ["ran"], []]


def test_command_that_cannot_be_run_has_the_exit_codes_of_a_shell(folder: Path) -> None:
    (folder / "text").write_text("")
    code = "from fusebox_agent._cli import command; command()"
    for name, end in (("./missing", 127), ("missing", 127), ("./text", 126)):
        done = run(folder, sys.executable, "-c", code, "run", name)
        assert done.returncode == end and done.stderr.startswith(f"fusebox-agent: {name}: ")


def test_wrong_arguments_print_the_usage(folder: Path) -> None:
    code = "from fusebox_agent._cli import command; command()"
    for line in ([], ["-m"], ["-c"], ["--unknown", "x"]):
        done = run(folder, sys.executable, "-m", "fusebox_agent", *line)
        assert done.returncode == 64 and done.stderr.startswith("usage: python -m fusebox_agent")
    for line in ([], ["run"], ["run", "-x"], ["walk", "x"], ["run", "--"]):
        done = run(folder, sys.executable, "-c", code, *line)
        assert done.returncode == 64 and done.stderr.startswith("usage: fusebox-agent run")
    for line in (["-m", "fusebox_agent"], ["-c", code], ["-c", code, "run"]):
        done = run(folder, sys.executable, *line, "--help")
        assert (done.returncode, done.stderr) == (0, "") and done.stdout.startswith("usage: ")


@pytest.mark.parametrize("option", ["-E", "-S", "-I"])
def test_option_that_prevents_the_hook_is_refused(folder: Path, option: str) -> None:
    (folder / "run.py").write_text(
        f"import sys; sys.path.append({SOURCE!r}); from fusebox_agent._cli import python; python()")
    done = run(folder, sys.executable, option, "run.py", "report.py")
    assert done.returncode == 64 and option in done.stderr


@pytest.mark.parametrize("line, options", [
    (["-m", "fusebox_agent", "x"], []),
    (["-mfusebox_agent"], []),
    (["-um", "fusebox_agent"], ["-u"]),
    (["-OOmfusebox_agent"], ["-OO"]),
    (["-W", "ignore", "-Xdev", "-uX", "utf8", "-m", "fusebox_agent"], ["-W", "ignore", "-Xdev", "-uX", "utf8"]),
    (["-W", "-m", "-m", "fusebox_agent"], ["-W", "-m"]),
    (["--check-hash-based-pycs", "always", "-m", "fusebox_agent"], ["--check-hash-based-pycs", "always"]),
    (["script.py", "-m", "fusebox_agent"], None),
    (["-c", "code", "-m"], None),
    (["-", "-m"], None),
    ([], None),
])
def test_options_before_the_module_are_found(line: List[str], options: Union[List[str], None]) -> None:
    assert interpreter_options(["python", *line]) == options


@pytest.mark.parametrize("before, after", [
    (None, STARTUP), ("", STARTUP), ("/a:/b", f"{STARTUP}:/a:/b"), (":", f"{STARTUP}::"), (STARTUP, STARTUP),
    (f"{STARTUP}:/a", f"{STARTUP}:/a")])
def test_directory_of_the_hook_is_first_on_pythonpath_once(before: Union[str, None], after: str) -> None:
    assert agent_environment({} if before is None else {"PYTHONPATH": before})["PYTHONPATH"] == after
