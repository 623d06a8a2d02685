"""Hooks google-genai: a streamed answer is one call until its last event, and a held host is not tried again.

The calls and their retries are counted by the hook of tenacity, which the client retries with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional

from .._patch import quietly, wrap
from .held import Carrier, retries
from .streams import followed, followed_async

if TYPE_CHECKING:
    from .._agent import Agent


def failure_in(event: Any) -> Optional[str]:
    """The error name of an event with an error, as the client recognises it: its first key is ``error``."""
    if not isinstance(event, dict) or next(iter(event), None) != "error":
        return None
    code = event["error"].get("code") if isinstance(event["error"], dict) else None
    return f"HTTP {code}" if isinstance(code, int) else "APIError"


def hook(agent: "Agent", module: Any) -> None:
    def mark(response: Any) -> None:
        """Marks a response that is a stream, so that the hook of tenacity leaves its call open."""
        if not isinstance(response.response_stream, list) and response.response_stream is not None:
            response.fusebox = None

    def wrap_once(original: Any) -> Any:
        def once(*arguments: Any, **named: Any) -> Any:
            response = original(*arguments, **named)
            quietly(mark, response)
            return response

        return once

    def wrap_async_once(original: Any) -> Any:
        async def once(*arguments: Any, **named: Any) -> Any:
            # After a connection error of aiohttp, the client sleeps 1 to 10 s and tries once more.
            token = retries.set(True)
            try:
                response = await original(*arguments, **named)
            except Carrier as carrier:
                raise carrier.error from None
            finally:
                retries.reset(token)
            quietly(mark, response)
            return response

        return once

    def wrap_segments(follow: Any) -> Any:
        def make(original: Any) -> Any:
            def segments(response: Any) -> Any:
                call = getattr(response, "fusebox", None)
                events = original(response)
                return events if call is None else follow(events, call, failure_in)

            return segments

        return make

    wrap(module.BaseApiClient, "_request_once", wrap_once)
    wrap(module.BaseApiClient, "_async_request_once", wrap_async_once)
    wrap(module.HttpResponse, "segments", wrap_segments(followed))
    wrap(module.HttpResponse, "async_segments", wrap_segments(followed_async))
