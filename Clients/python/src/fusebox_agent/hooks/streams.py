"""Streamed answers of libraries: a call lasts until the last event."""

from __future__ import annotations

from typing import Any, AsyncIterator, Callable, Iterator, Optional

from .._meter import FAILED
from .._patch import quietly
from .._strategy import Call


def _no_failure(event: Any) -> Optional[str]:
    return None


def followed(
    events: Iterator[Any], call: Call, failure_in: Callable[[Any], Optional[str]] = _no_failure
) -> Iterator[Any]:
    """The events of a stream. Its call ends with the last one.

    :param failure_in: returns the error name of an event with an error; ``None`` for all other events.
    """
    try:
        for event in events:
            quietly(_hear, call, event, failure_in)
            yield event
    except BaseException as error:  # GeneratorExit, if the program stopped reading: a cancellation.
        quietly(call.finish, error)
        raise
    quietly(call.finish, None)


async def followed_async(
    events: AsyncIterator[Any], call: Call, failure_in: Callable[[Any], Optional[str]] = _no_failure
) -> AsyncIterator[Any]:
    """Like :func:`followed`."""
    try:
        async for event in events:
            quietly(_hear, call, event, failure_in)
            yield event
    except BaseException as error:
        quietly(call.finish, error)
        raise
    quietly(call.finish, None)


def _hear(call: Call, event: Any, failure_in: Callable[[Any], Optional[str]]) -> None:
    if call.ended:
        return
    call.hear()
    failure = failure_in(event)
    if failure is not None:
        call.attempt(failure)
        call.end(FAILED)
