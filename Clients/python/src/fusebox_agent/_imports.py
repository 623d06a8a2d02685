"""Runs hooks when libraries are imported, or at once if they already are."""

from __future__ import annotations

import sys
import threading
from importlib.machinery import ModuleSpec
from typing import Any, Callable, Dict, Optional

from ._patch import complain

Hook = Callable[[Any], None]


class Imports:
    """Runs a hook after its module has been executed. If a hook fails, only its library's telemetry is missing."""

    def __init__(self) -> None:
        self._hooks: Dict[str, Hook] = {}
        self._looking = threading.local()

    def when_imported(self, name: str, hook: Hook) -> None:
        """Runs a hook with the module ``name``, now or after its import."""
        module = sys.modules.get(name)
        if module is not None:
            _call(hook, module)
            return
        self._hooks[name] = hook
        if self not in sys.meta_path:
            sys.meta_path.insert(0, self)

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
            execute(module)
            hook = self._hooks.pop(module.__name__, None)
            if hook is not None:
                _call(hook, module)

        try:
            loader.exec_module = exec_module
        except AttributeError:
            complain(f"{name} cannot be hooked: attributes of its loader cannot be set")


def _find(finder: Any, name: str, path: Any, target: Any) -> Optional[ModuleSpec]:
    find: Any = getattr(finder, "find_spec", None)
    spec: Optional[ModuleSpec] = None if find is None else find(name, path, target)
    return spec


def _call(hook: Hook, module: Any) -> None:
    try:
        hook(module)
    except Exception:
        complain(f"{module.__name__} cannot be hooked")
