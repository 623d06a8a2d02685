"""Names of strategies for retried functions and loops: short, equal in each run, and telling."""

from __future__ import annotations

import os
import re
from typing import Any, Callable, Dict, Iterator, Optional

NOTEBOOK = re.compile(r"^<command-|^<ipython-input-|[/\\]ipykernel_\d|[/\\]ipython-input-")
"""Matches the file names of code in cells of notebooks, of IPython and of Databricks."""
OWNERS = ("self", "cls")
"""The names of a method's first parameter."""
FRAMES = 30
"""The limit on the number of frames in which a library's method is looked up."""


def function_name(name: str) -> Optional[str]:
    """A short, stable function name; ``None`` if the name is not useful."""
    if not name or "<unknown" in name or name.startswith("<context"):
        return None
    return name.replace("<locals>.", "").replace("<lambda>", "lambda").replace("__main__.", "", 1)


def callable_name(function: Any) -> str:
    """The module and qualified name of a callable. In a notebook, the module is ``notebook``."""
    while hasattr(function, "func"):  # functools.partial
        function = function.func
    if function is None:
        return ""
    name = getattr(function, "__qualname__", None) or type(function).__qualname__
    module = getattr(function, "__module__", None)
    if module == "__main__" and NOTEBOOK.search(_file(function)):
        module = "notebook"
    return f"{module}.{name}" if module else name


def loop_name(frame: Any) -> str:
    """The name of the function that contains a loop. A loop outside of functions has the name of its
    file; ``main`` without a file."""
    module = frame.f_globals.get("__name__") or ""
    if module == "__main__":
        module = "notebook" if NOTEBOOK.search(frame.f_code.co_filename) else ""
    parts = [part for part in _qualified_name(frame).split(".") if not part.startswith("<") or part == "<lambda>"]
    if not parts and not module:
        file = frame.f_code.co_filename
        return "main" if file.startswith("<") else os.path.splitext(os.path.basename(file))[0] or "main"
    return function_name(".".join([module, *parts] if module else parts)) or "retry"


def library_name(module: str, frame: Any) -> Optional[str]:
    """The name of a retry inside a library that retries for the program; ``None`` in all other modules.

    :param module: the module of the retried function or loop.
    :param frame: the frame of the loop, or the one that calls the function.
    """
    find = next((find for name, find in LIBRARIES.items() if module == name or module.startswith(f"{name}.")), None)
    return None if find is None else find(frame)


def _file(function: Any) -> str:
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    code = getattr(function, "__code__", None)
    return "" if code is None else str(code.co_filename)


def _qualified_name(frame: Any) -> str:
    code = frame.f_code
    name: Optional[str] = getattr(code, "co_qualname", None)
    if name is not None:
        return name
    # Before Python 3.11, the class of a method is found by its first parameter.
    first = code.co_varnames[0] if code.co_varnames else ""
    owner = frame.f_locals.get(first) if first in OWNERS else None
    for cls in (owner if isinstance(owner, type) else type(owner)).__mro__:
        method: Any = cls.__dict__.get(code.co_name)
        method = getattr(method, "__func__", method)
        while hasattr(method, "__wrapped__"):
            method = method.__wrapped__
        if getattr(method, "__code__", None) is code:
            return f"{cls.__qualname__}.{code.co_name}"
    return str(code.co_name)


def _frames(frame: Any) -> Iterator[Any]:
    for _ in range(FRAMES):
        if frame is None:
            return
        yield frame
        frame = frame.f_back


def _of_langchain(frame: Any) -> str:
    """``langchain/ChatOpenAI``: the name of the runnable that ``with_retry`` was called on."""
    bound = getattr(frame.f_locals.get("self"), "bound", None)
    if bound is None:
        return "langchain/RunnableRetry"
    name = getattr(bound, "name", None)
    if not isinstance(name, str) or not re.fullmatch(r"\w[\w.-]{0,40}", name):
        name = type(bound).__name__
    return f"langchain/{name}"


def _of_instructor(frame: Any) -> str:
    """``instructor/openai.Completions.create``: the method of the client that instructor calls."""
    for at in _frames(frame):
        function = at.f_locals.get("func")
        if at.f_globals.get("__name__", "").partition(".")[0] == "instructor" and callable(function):
            module, _, rest = callable_name(function).partition(".")
            qualified = getattr(function, "__qualname__", None) or rest.rpartition(".")[2]
            name = function_name(f"{module}.{qualified}".replace(".Async", "."))
            return f"instructor/{name}"
    return "instructor/retry"


def _of_genai(frame: Any) -> str:
    """``genai/models.generate_content``: the method of the client."""
    for at in _frames(frame):
        module = at.f_globals.get("__name__", "")
        if module.startswith("google.genai.") and not module.rpartition(".")[2].startswith("_"):
            return f"genai/{module[len('google.genai.'):]}.{at.f_code.co_name.lstrip('_')}"
    return "genai/request"


LIBRARIES: Dict[str, Callable[[Any], str]] = {
    "langchain_core.runnables.retry": _of_langchain,
    "instructor": _of_instructor,
    "google.genai": _of_genai,
}
"""The functions that find a name, by the module that contains the retry."""
