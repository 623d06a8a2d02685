"""Hooks httpx and httpx2: each host is a strategy that an operator can hold open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional

from .._gate import Gate
from .._meter import CANCELLED, FAILED, OK, REJECTED
from .._patch import quietly, wrap
from .._strategy import Call, Strategy, is_cancellation

if TYPE_CHECKING:
    from .._agent import Agent

FAILURES = (408, 429)
"""The statuses below 500 that are failures. All statuses from 500 are."""


def hook(agent: "Agent", module: Any) -> None:
    class HostHeld(module.ConnectError):  # type: ignore[misc]
        """Raised instead of a request while an operator holds the host open."""

    module.HostHeld = HostHeld

    def enter(request: Any) -> "tuple[Strategy, Call, Optional[str]]":
        url = request.url
        host = url.netloc.decode("ascii", "replace").rpartition("@")[2] or "(no host)"
        name = f"http/{host}"
        strategy = agent.strategies.get(name) or agent.strategy(
            name, "http", url.host, None, Gate(), "http"
        )
        call = strategy.begin()
        gate = strategy.breaker
        refusal = gate.refusal() if isinstance(gate, Gate) else None
        if refusal is None:
            return strategy, call, None
        call.end(REJECTED)
        return strategy, call, f"{host}: {refusal} (by an operator, through fusebox)"

    def answered(strategy: Strategy, call: Call, request: Any, response: Any) -> None:
        status = response.status_code
        failed = status >= 500 or status in FAILURES
        retry = _number(request.headers.get("x-stainless-retry-count"))
        if retry is not None:
            call.retry_number = retry
        if failed:
            wait = response.headers.get("retry-after")
            call.attempt(f"HTTP {status}")
            if wait:
                strategy.meter.say(f"HTTP {status}", f"Retry-After: {wait}"[:256])
        else:
            call.attempt()
        leave(strategy, call, FAILED if failed else OK)

    def broke(strategy: Strategy, call: Call, error: BaseException) -> None:
        if is_cancellation(error):
            leave(strategy, call, CANCELLED)
        else:
            call.attempt(error)
            leave(strategy, call, FAILED)

    def leave(strategy: Strategy, call: Call, end: str) -> None:
        call.end(end)
        if isinstance(strategy.breaker, Gate):
            strategy.breaker.ended(None if end == CANCELLED else end == OK)

    def watched(original: Any) -> Any:
        def send(client: Any, request: Any) -> Any:
            entered = quietly(enter, request)
            if entered is None:
                return original(client, request)
            strategy, call, refusal = entered
            if refusal is not None:
                raise HostHeld(refusal, request=request)
            try:
                response = original(client, request)
            except BaseException as error:
                quietly(broke, strategy, call, error)
                raise
            quietly(answered, strategy, call, request, response)
            return response

        return send

    def watched_async(original: Any) -> Any:
        async def send(client: Any, request: Any) -> Any:
            entered = quietly(enter, request)
            if entered is None:
                return await original(client, request)
            strategy, call, refusal = entered
            if refusal is not None:
                raise HostHeld(refusal, request=request)
            try:
                response = await original(client, request)
            except BaseException as error:
                quietly(broke, strategy, call, error)
                raise
            quietly(answered, strategy, call, request, response)
            return response

        return send

    wrap(module.Client, "_send_single_request", watched)
    wrap(module.AsyncClient, "_send_single_request", watched_async)


def _number(text: Optional[str]) -> Optional[int]:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 5 else None
