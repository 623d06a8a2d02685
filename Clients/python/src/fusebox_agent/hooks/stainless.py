"""Hooks the clients of openai and anthropic, which come from one code generator: counts calls and retries;
operators can set ``max_retries``.
"""

from __future__ import annotations

import sys
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Optional

from .._limit import Limit
from .._meter import CANCELLED, FAILED, OK
from .._patch import quietly, wrap
from .._strategy import Call, Strategy, is_cancellation

if TYPE_CHECKING:
    from .._agent import Agent

MOST_ATTEMPTS = 20


class _Request:
    """A call in flight, with the limit that was pinned when it began."""

    __slots__ = ("call", "pinned")

    def __init__(self, strategy: Strategy) -> None:
        self.pinned = strategy.limits["max_attempts"].pinned if strategy.limits else None
        self.call: Call = strategy.begin()


_request: "ContextVar[Optional[_Request]]" = ContextVar("fusebox_request", default=None)


def resource(url: str) -> str:
    """The first part of a path: ``chat`` for ``/v1/chat/completions``. Later parts may be ids."""
    parts = [part for part in url.partition("://")[2].partition("/")[2].split("/")] if "://" in url else url.split("/")
    return next((p for p in parts if p and not (p[0] == "v" and p[1:].isdigit())), "request")


def hook(agent: "Agent", module: Any) -> None:
    library = module.__name__
    base = module._base_client

    def begin(client: Any, options: Any) -> _Request:
        name = f"{library}/{resource(str(options.url))}"
        strategy = agent.strategies.get(name)
        if strategy is None:
            own = int(client.max_retries) + 1
            limits = {
                "max_attempts": Limit(own, minimum=1, maximum=max(MOST_ATTEMPTS, own), unit="attempts")
            }
            strategy = agent.strategy(name, "retry", client.base_url.host, limits, None, library)
        return _Request(strategy)

    def broke(request: Optional[_Request], error: BaseException) -> None:
        if request is None:
            return
        if is_cancellation(error):
            request.call.end(CANCELLED)
        else:
            request.call.attempt(error)
            request.call.end(FAILED)

    def answered(request: Optional[_Request]) -> None:
        if request is None:
            return
        request.call.attempt()
        request.call.end(OK)

    def wrap_request(original: Any) -> Any:
        def send(client: Any, cast_to: Any, options: Any, *arguments: Any, **named: Any) -> Any:
            request = quietly(begin, client, options)
            token = _request.set(request)
            try:
                result = original(client, cast_to, options, *arguments, **named)
            except BaseException as error:
                quietly(broke, request, error)
                raise
            finally:
                _request.reset(token)
            quietly(answered, request)
            return result

        return send

    def wrap_async_request(original: Any) -> Any:
        async def send(client: Any, cast_to: Any, options: Any, *arguments: Any, **named: Any) -> Any:
            request = quietly(begin, client, options)
            token = _request.set(request)
            try:
                result = await original(client, cast_to, options, *arguments, **named)
            except BaseException as error:
                quietly(broke, request, error)
                raise
            finally:
                _request.reset(token)
            quietly(answered, request)
            return result

        return send

    def retries(response: Any) -> None:
        """Records a failed attempt; the client sleeps before the next one."""
        request = _request.get()
        if request is None:
            return
        if response is not None:
            request.call.attempt(f"HTTP {response.status_code}")
        else:
            request.call.attempt(sys.exc_info()[1] or "ConnectError")
        request.call.waits()

    def wrap_sleep(original: Any) -> Any:
        def sleep(client: Any, **named: Any) -> Any:
            quietly(retries, named.get("response"))
            return original(client, **named)

        return sleep

    def wrap_max_retries(original: Any) -> Any:
        def get_max_retries(options: Any, max_retries: int) -> Any:
            request = _request.get()
            if request is None or request.pinned is None:
                return original(options, max_retries)
            return int(request.pinned) - 1

        return get_max_retries

    wrap(base.SyncAPIClient, "request", wrap_request)
    wrap(base.AsyncAPIClient, "request", wrap_async_request)
    wrap(base.SyncAPIClient, "_sleep_for_retry", wrap_sleep)
    wrap(base.AsyncAPIClient, "_sleep_for_retry", wrap_sleep)
    wrap(base.FinalRequestOptions, "get_max_retries", wrap_max_retries)
