"""Runs hooks when libraries are imported, or at once if they already are.

This module is loaded at the start of every child process, so it loads nothing of the standard library.
"""

from __future__ import annotations

import sys
from _thread import _local

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from typing import Any, Callable, Dict, Optional, Set

    Hook = Callable[[Any], None]

IMPORTLIB = "<frozen importlib._bootstrap>"
"""The file name in the frames of Python's import system, which Python removes from tracebacks."""


class Imports:
    """Runs a hook after its module has been executed. If a hook fails, only its library's telemetry is missing."""

    def __init__(self) -> None:
        self._hooks: Dict[str, Hook] = {}
        self._executing: Set[str] = set()
        self._looking = _local()

    def when_imported(self, name: str, hook: Hook) -> None:
        """Runs a hook with the module ``name``, now or after its import. Replaces its earlier hook."""
        module = sys.modules.get(name)
        if module is not None and name not in self._executing:
            self._hooks.pop(name, None)
            _call(hook, module)
            return
        self._hooks[name] = hook
        if self not in sys.meta_path:
            sys.meta_path.insert(0, self)

    def watches(self, name: str) -> bool:
        """Whether the module ``name`` has a hook that has not run."""
        return name in self._hooks

    def stop(self) -> None:
        """Removes all hooks that have not run."""
        self._hooks.clear()
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Optional[ModuleSpec]:
        """Finds a module that has a hook through the other finders; ``None`` for all other modules."""
        if name not in self._hooks or getattr(self._looking, "name", None) == name:
            return None
        self._looking.name = name
        try:
            spec = next(filter(None, (_find(f, name, path, target) for f in sys.meta_path)), None)
        finally:
            self._looking.name = None
        if spec is not None and spec.loader is not None:
            self._follow(spec.loader, name)
        return spec

    def _follow(self, loader: Any, name: str) -> None:
        execute = loader.exec_module

        def exec_module(module: Any) -> None:
            self._executing.add(name)
            try:
                execute(module)
            finally:
                self._executing.discard(name)
            hook = self._hooks.pop(name, None)
            if hook is not None:
                _call(hook, module)

        # An error of the library has the same traceback as without the hook.
        exec_module.__code__ = exec_module.__code__.replace(co_filename=IMPORTLIB)
        try:
            loader.exec_module = exec_module
        except AttributeError:
            _complain(f"{name} cannot be hooked: attributes of its loader cannot be set")


imports = Imports()
"""The hooks of this process."""


def _find(finder: Any, name: str, path: Any, target: Any) -> Optional[ModuleSpec]:
    find: Any = getattr(finder, "find_spec", None)
    spec: Optional[ModuleSpec] = None if find is None else find(name, path, target)
    return spec


def _call(hook: Hook, module: Any) -> None:
    try:
        hook(module)
    except Exception:
        _complain(f"{module.__name__} cannot be hooked")


def _complain(what: str) -> None:
    from ._patch import complain

    complain(what)
