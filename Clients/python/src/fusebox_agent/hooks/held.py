"""The classes of the errors that are raised instead of a call while an operator holds its host."""

from __future__ import annotations

import importlib
import sys
from contextvars import ContextVar
from typing import Any, Callable, Dict, Sequence

from .._gate import HeldByOperator

retries: "ContextVar[bool]" = ContextVar("fusebox_retries", default=False)
"""Whether the library that makes the request sleeps and tries again after a connection error. See :class:`Carrier`."""


class Carrier(Exception):
    """Carries the error of a hold through a library that would try again after it. The library's hook raises it."""

    def __init__(self, error: Exception) -> None:
        super().__init__(error)
        self.error = error


class HeldErrors:
    """Subclasses of an error of each library.

    Each is created when it is needed, because the libraries may not be installed, and is an attribute of the module of
    its hook, so that its errors can be pickled.

    :param module: the name of the hook's module.
    :param names: the names of the classes, by library.
    :param bases: the names of the library's errors that the class inherits from. Only some may exist in a version.
    :param methods: returns further methods of the class for a library.
    """

    def __init__(
        self, module: str, names: Dict[str, str], bases: Sequence[str],
        methods: Callable[[Any], Dict[str, Any]] = lambda library: {},
    ) -> None:
        self._module = module
        self._names = names
        self._bases = bases
        self._methods = methods
        self._classes: Dict[Any, Any] = {}

    def of(self, library: Any) -> Any:
        """The class for a library, which is given as a module."""
        if library not in self._classes:
            name = self._names[library.__name__]
            body = {
                "__module__": self._module,
                "__doc__": "Raised instead of a request while an operator holds the host open.",
                **self._methods(library),
            }
            bases = dict.fromkeys(getattr(library, base) for base in self._bases if hasattr(library, base))
            held = type(name, (*bases, HeldByOperator), body)
            setattr(sys.modules[self._module], name, held)
            self._classes[library] = held
        return self._classes[library]

    def attribute(self, name: str) -> Any:
        """Finds a class by its name, as the ``__getattr__`` of the hook's module."""
        for library, held in self._names.items():
            if name == held:
                return self.of(importlib.import_module(library))
        raise AttributeError(f"module {self._module!r} has no attribute {name!r}")
