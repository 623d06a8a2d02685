"""Calls of strategies that an operator can hold open and probe: enter and leave the gate."""

from __future__ import annotations

from typing import Optional, Type, TypeVar, Union

from .._breaker import CLOSED
from .._gate import Gate
from .._meter import CANCELLED, OK, REJECTED
from .._strategy import Call, Strategy

C = TypeVar("C", bound=Call)


def enter(strategy: Strategy, kind: Type[C]) -> Union[C, str]:
    """Begins a call. Returns the message if it is rejected.

    The message begins with the part of the strategy's name after the library's, such as a host.
    """
    call = kind(strategy)
    gate = strategy.breaker
    if gate is None or (gate.state == CLOSED and not gate.held):  # The common case costs no call.
        return call
    refusal = gate.refusal() if isinstance(gate, Gate) else None
    if refusal is None:
        return call
    call.end(REJECTED)
    return f"{strategy.name.partition('/')[2]} is {refusal}"


def leave(call: Call, end: str) -> None:
    """Ends a call. Its attempts are recorded already."""
    call.end(end)
    _settle(call, end)


def finish(call: Call, error: "Optional[BaseException | str]") -> None:
    """Ends a call with its last attempt.

    :param error: the error, or its name; ``None`` after a success.
    """
    if call.ended:
        return
    call.finish(error)
    _settle(call, call.phase)


def _settle(call: Call, end: str) -> None:
    """Ends the probe that the call may be."""
    gate = call.strategy.breaker
    if isinstance(gate, Gate):
        gate.ended(None if end == CANCELLED else end == OK)
