"""Functions of other libraries replaced, and put back."""

from __future__ import annotations

import functools
from typing import Any, Callable, List, Tuple, TypeVar

T = TypeVar("T")

_replaced: List[Tuple[Any, str, Any]] = []


def wrap(owner: Any, name: str, make: Callable[[Any], Any]) -> None:
    """Puts in place of a function what is made of it.

    :param make: given the function, returns the one that stands in its place.
    """
    original = getattr(owner, name)
    replacement = functools.wraps(original)(make(original))
    _replaced.append((owner, name, owner.__dict__.get(name, original)))
    setattr(owner, name, replacement)


def wrap_getter(owner: Any, name: str, make: Callable[[Any], Any]) -> None:
    """The same for what a property is read by."""
    original = owner.__dict__[name]
    _replaced.append((owner, name, original))
    setattr(owner, name, property(make(original.fget), original.fset, original.fdel, original.__doc__))


def put_back() -> None:
    """Everything as it was."""
    while _replaced:
        owner, name, original = _replaced.pop()
        setattr(owner, name, original)


def quietly(function: Callable[..., T], *arguments: Any) -> "T | None":
    """What a function returns; ``None`` where it raises, which is its own business."""
    try:
        return function(*arguments)
    except Exception:
        complain("a call was not counted")
        return None


def complain(what: str) -> None:
    """Says what went wrong, with its traceback, to who listens to this library's log."""
    import logging

    logging.getLogger("fusebox_agent").debug(what, exc_info=True)
