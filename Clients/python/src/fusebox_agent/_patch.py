"""Replaces functions of other libraries, and restores them."""

from __future__ import annotations

import functools
import sys
from typing import Any, Callable, List, Tuple, TypeVar

T = TypeVar("T")

_replaced: List[Tuple[Any, str, Any]] = []


def wrap(owner: Any, name: str, make: Callable[[Any], Any]) -> None:
    """Replaces a function.

    :param make: takes the original function and returns its replacement.
    """
    original = getattr(owner, name)
    replacement = functools.wraps(original)(make(original))
    _replaced.append((owner, name, owner.__dict__.get(name, original)))
    setattr(owner, name, replacement)


def wrap_everywhere(owner: Any, name: str, make: Callable[[Any], Any]) -> None:
    """Replaces a function of a module, also in modules of the same package that have imported it."""
    original = getattr(owner, name)
    package = owner.__name__.partition(".")[0]
    for user, module in list(sys.modules.items()):
        if user.partition(".")[0] == package and vars(module).get(name) is original:
            wrap(module, name, make)


def wrap_getter(owner: Any, name: str, make: Callable[[Any], Any]) -> None:
    """Replaces the getter of a property."""
    original = owner.__dict__[name]
    _replaced.append((owner, name, original))
    setattr(owner, name, property(make(original.fget), original.fset, original.fdel, original.__doc__))


def mark() -> int:
    """The number of replaced functions."""
    return len(_replaced)


def put_back(to: int = 0) -> None:
    """Restores the replaced functions.

    :param to: the number of the first ones that stay replaced.
    """
    while len(_replaced) > to:
        owner, name, original = _replaced.pop()
        setattr(owner, name, original)


def quietly(function: Callable[..., T], *arguments: Any) -> "T | None":
    """Calls a function. Returns its result, or ``None`` if it raises; the error is logged."""
    try:
        return function(*arguments)
    except Exception:
        complain("a call was not counted")
        return None


def complain(what: str) -> None:
    """Logs an internal error with its traceback at debug level."""
    import logging

    logging.getLogger("fusebox_agent").debug(what, exc_info=True)
