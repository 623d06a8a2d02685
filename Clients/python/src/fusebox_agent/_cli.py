"""The commands ``fusebox-agent run`` and ``python -m fusebox_agent``.

Both change the environment and replace their own process by the program. So Python itself runs it, and all that it sees
is as without them. In the program, ``startup/sitecustomize.py`` is run first.

Only built-in modules are imported here: with ``python -m``, another one could be a file of the current directory.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]
import os
import sys

from ._startup import command_line
from ._version import VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, List, Mapping, NoReturn, Optional

RUN = """\
usage: fusebox-agent run COMMAND [ARGUMENT...]

Runs a command. Its Python processes, and those that it starts, are agents of fusebox.
"""
PYTHON = """\
usage: python -m fusebox_agent (SCRIPT | -m MODULE | -c CODE | - | COMMAND) [ARGUMENT...]

Runs a Python program, as python does without '-m fusebox_agent'. It and the Python processes that it starts are agents
of fusebox. COMMAND is a program on PATH, such as uvicorn.
"""
USAGE = 64
"""The exit code after wrong arguments."""
STARTUP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "startup")
"""The directory of ``sitecustomize.py``."""


def command() -> NoReturn:
    """Runs ``fusebox-agent``."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["--version"]:
        print(f"fusebox-agent {VERSION}")
        sys.exit()
    if arguments[:1] in (["-h"], ["--help"]) or arguments[:1] == ["run"] and arguments[1:2] in (["-h"], ["--help"]):
        print(RUN, end="")
        sys.exit()
    if arguments[:1] == ["run"]:
        del arguments[:2 if arguments[1:2] == ["--"] else 1]
        if arguments and not arguments[0].startswith("-"):
            _replace_process(arguments[0], arguments)
    _fail(RUN, USAGE)


def python() -> NoReturn:
    """Runs ``python -m fusebox_agent``."""
    arguments = sys.argv[1:]
    first = arguments[0] if arguments else ""
    if first in ("-h", "--help"):
        print(PYTHON, end="")
        sys.exit()
    is_option = first.startswith(("-m", "-c")) and (len(first) > 2 or len(arguments) > 1)
    if not first or first.startswith("-") and first != "-" and not is_option:
        _fail(PYTHON, USAGE)
    if sys.flags.ignore_environment or sys.flags.no_site:
        _fail("fusebox_agent: Python's options -I, -E and -S prevent that a program becomes an agent\n", USAGE)
    if "/" in first or is_option or first == "-" or _is_program(first):
        if not sys.executable:
            _fail("fusebox_agent: sys.executable does not name this Python\n", 1)
        line = command_line()
        options = interpreter_options(line)
        if options is None:  # Another program runs this module.
            from subprocess import _args_from_interpreter_flags  # type: ignore[attr-defined]

            line, options = [sys.executable], _args_from_interpreter_flags()
        _replace_process(sys.executable, [line[0], *options, *arguments])
    found = which(first, [*os.get_exec_path(), os.path.dirname(sys.executable)])
    if found is None:
        _fail(f"fusebox_agent: {first}: no such file, and no such command on PATH\n", 2)
    _replace_process(found, arguments)


def interpreter_options(line: List[str]) -> Optional[List[str]]:
    """The options before ``-m`` in a command line of Python; ``None`` if it has no ``-m``."""
    options: List[str] = []
    words = iter(line[1:])
    for word in words:
        if word == "--check-hash-based-pycs":
            options += [word, next(words, "")]
            continue
        if not word.startswith("-") or word in ("-", "--"):
            return None
        for place, letter in enumerate(word):
            if letter == "m" and place:
                return options if place == 1 else [*options, word[:place]]
            if letter in "cWX":
                break
        if letter == "c":
            return None
        options.append(word)
        if letter in "WX" and place == len(word) - 1:  # The value is the next word.
            options.append(next(words, ""))
    return None


def agent_environment(environment: Mapping[str, str]) -> Dict[str, str]:
    """An environment in which Python runs ``startup/sitecustomize.py``."""
    places = environment.get("PYTHONPATH", "").split(os.pathsep)
    changed = dict(environment)
    if places[0] != STARTUP:
        changed["PYTHONPATH"] = os.pathsep.join([STARTUP, *places] if any(places) or len(places) > 1 else [STARTUP])
    return changed


def which(name: str, directories: List[str]) -> Optional[str]:
    """The path of a command."""
    paths = [os.path.join(directory, name) for directory in directories]
    return next((path for path in paths if os.path.isfile(path) and os.access(path, os.X_OK)), None)


def _is_program(name: str) -> bool:
    """Whether Python can run a file or directory of the current directory."""
    return os.path.isfile(name) or os.path.isfile(os.path.join(name, "__main__.py"))


def _initial_locale(current: Optional[str]) -> Optional[str]:
    """``LC_CTYPE`` at the start of this process. Python sets it to ``C.UTF-8`` in the locale ``C``."""
    try:
        with open("/proc/self/environ", "rb") as file:
            variables = file.read().split(b"\0")
    except OSError:  # Not on Linux.
        return current
    value = next((v for v in variables if v.startswith(b"LC_CTYPE=")), None)
    return None if value is None else os.fsdecode(value.partition(b"=")[2])


def _replace_process(program: str, line: List[str]) -> NoReturn:
    # Python ignores these signals, and a program would inherit that.
    for name in ("SIGPIPE", "SIGXFSZ"):
        _signal.signal(getattr(_signal, name), _signal.SIG_DFL)
    environment = agent_environment(os.environ)
    locale = _initial_locale(environment.pop("LC_CTYPE", None))
    if locale is not None:
        environment["LC_CTYPE"] = locale
    try:
        os.execvpe(program, line, environment)
    except OSError as error:
        _fail(f"fusebox-agent: {program}: {error.strerror}\n", 127 if isinstance(error, FileNotFoundError) else 126)


def _fail(message: str, code: int) -> NoReturn:
    sys.stderr.write(message)
    sys.exit(code)
