"""Makes this process an agent of fusebox, then runs the ``sitecustomize`` that this file hides.

Python imports it at its start, because ``fusebox-agent run`` and ``python -m fusebox_agent`` put its directory first on
``PYTHONPATH``. Its syntax is valid in every version of Python, and it does nothing in those before 3.9.
"""

import os
import sys


def _start(directory):  # type: (str) -> None
    """Begins to watch the imports, without loading more than that needs. An error costs only telemetry."""
    source = os.path.dirname(os.path.dirname(directory))
    sys.path.insert(0, source)  # This copy of the package: the program's Python may have another one, or none.
    try:
        from fusebox_agent import _startup

        _startup.begin(os.environ)
    except Exception:
        if sys.flags.verbose:
            sys.excepthook(*sys.exc_info())
    finally:
        sys.path.remove(source)


def _run_next():  # type: () -> None
    """Imports the ``sitecustomize`` that is next on ``sys.path``, if there is one. Python reports its errors."""
    own = sys.modules.pop("sitecustomize")
    try:
        import sitecustomize  # type: ignore[import-not-found]  # noqa: F401
    except ImportError as error:
        if getattr(error, "name", "sitecustomize") != "sitecustomize":
            raise
    # Python requires an entry when this file has run.
    sys.modules.setdefault("sitecustomize", own)


if __name__ == "sitecustomize":
    _directory = os.path.dirname(__file__)
    # sys.path is the same as in a process that is not an agent.
    sys.path[:] = [place for place in sys.path if place != _directory]
    if sys.version_info >= (3, 9):
        _start(_directory)
    _run_next()
