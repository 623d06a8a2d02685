"""The strategies of HTTP clients: one for each host, which an operator can hold open.

A request is one call from its start to the last byte of its response, so a stream that breaks is a failure.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Dict, Optional

from .._breaker import CLOSED
from .._gate import Gate
from .._strategy import Call, Strategy
from .._text import clip
from .gated import finish

if TYPE_CHECKING:
    from .._agent import Agent

FAILURES = (408, 429)
"""The statuses below 500 that are failures. All statuses from 500 are."""
PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
"""The ports that are not part of a host's name."""
LAST_EVENTS = (b"[DONE]", b"message_stop")
"""What the last event of a stream of openai or anthropic contains."""
KEYS = 1_000
"""The limit on the number of a client's keys."""
TAIL = 64
"""The number of last bytes of a body in which the last event is looked for."""

outer: "ContextVar[Optional[Call]]" = ContextVar("fusebox_outer", default=None)
"""A request of a client that may send it through another one. That one does not count the request again."""


class Hosts:
    """The strategies of the hosts that a client calls. All clients of a host share its strategy.

    :param protocol: the first part of their names.
    """

    def __init__(self, agent: "Agent", protocol: str = "http") -> None:
        self._agent = agent
        self._protocol = protocol
        self.known: Dict[Any, Strategy] = {}
        """The strategies by the client's own keys."""

    def find(self, key: Any, name: str, host: str) -> Strategy:
        """Returns the strategy of a host, and keeps it under the client's key.

        :param name: the host, with its port unless it is the default one.
        """
        name = f"{self._protocol}/{name or '(no host)'}"
        strategy = self._agent.strategies.get(name) or self._agent.strategy(
            name, self._protocol, host, None, Gate(), self._protocol
        )
        # A host without a strategy of its own may get one later.
        if strategy.name == name and len(self.known) < KEYS:
            self.known[key] = strategy
        return strategy


def address(scheme: str, host: str, port: Optional[int]) -> str:
    """A host's name as in a URL, with its port unless it is the default one."""
    name = f"[{host}]" if ":" in host and not host.startswith("[") else host
    return name if port is None or port == PORTS.get(scheme) else f"{name}:{port}"


def failure_of(status: int) -> Optional[str]:
    """The error of a status; ``None`` for a success."""
    return f"HTTP {status}" if status >= 408 and (status >= 500 or status in FAILURES) else None


def is_last_event(tail: bytes) -> bool:
    """Whether the last bytes of a body contain the last event of a stream. Clients read no further."""
    return any(end in tail for end in LAST_EVENTS)


def whole(call: Call, failure: Optional[str] = None, wait: Optional[str] = None) -> None:
    """Records a response whose last byte came with the first one. See :func:`complete`."""
    if failure is None and call.is_plain:  # The common case costs less.
        call.answer()
        gate = call.strategy.breaker
        if gate is not None and gate.state != CLOSED:
            gate.ended(True)  # type: ignore[attr-defined]
    else:
        call.hear()
        complete(call, failure, wait)


def complete(call: Call, failure: Optional[str] = None, wait: Optional[str] = None) -> None:
    """Records the last byte of a response.

    :param failure: the error of a response whose status is a failure.
    :param wait: its ``Retry-After``.
    """
    is_first = not call.ended
    finish(call, failure)
    if is_first and failure is not None and wait:
        call.strategy.meter.say(failure, clip(f"Retry-After: {wait}", 256))
