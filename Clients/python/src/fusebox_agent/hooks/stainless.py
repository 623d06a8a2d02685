"""Hooks the clients that the code generator Stainless has created, such as openai and anthropic: counts calls and
retries; operators can set ``max_retries``.

A streamed answer is one call until its last event. A held host ends a call at once, without a retry.
"""

from __future__ import annotations

import importlib
import sys
import weakref
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Dict, NamedTuple, Optional

from .._gate import held_error, is_held
from .._meter import CANCELLED, FAILED, OK
from .._patch import quietly, wrap
from .._strategy import Call, Strategy, is_cancellation
from .attempts import LimitedCall, retried
from .held import HeldErrors
from .streams import followed, followed_async

if TYPE_CHECKING:
    from .._agent import Agent



class _Library(NamedTuple):
    name: str
    """The first part of the names of its strategies."""
    host: str
    """The host that it calls by default. Calls to other hosts are strategies of their own."""
    held: str
    """The class of its errors under a hold."""


LIBRARIES = {
    "openai": _Library("openai", "api.openai.com", "OpenAIHeld"),
    "anthropic": _Library("anthropic", "api.anthropic.com", "AnthropicHeld"),
    "cerebras.cloud.sdk": _Library("cerebras", "api.cerebras.ai", "CerebrasHeld"),
    "fireworks": _Library("fireworks", "api.fireworks.ai", "FireworksHeld"),
    "groq": _Library("groq", "api.groq.com", "GroqHeld"),
    "perplexity": _Library("perplexity", "api.perplexity.ai", "PerplexityHeld"),
    "sambanova": _Library("sambanova", "api.sambanova.ai", "SambaNovaHeld"),
    "together": _Library("together", "api.together.ai", "TogetherHeld"),
    "writerai": _Library("writer", "api.writer.com", "WriterHeld"),
}
"""The libraries by module."""


def _methods(library: Any) -> Dict[str, Any]:
    return {"__reduce__": lambda error: (_make_held, (library.__name__, error.message, error.request))}


HELD = HeldErrors(
    __name__, {module: library.held for module, library in LIBRARIES.items()}, ("APIConnectionError",), _methods)

__getattr__ = HELD.attribute


def _make_held(library: str, message: str, request: Any) -> Any:
    return HELD.of(importlib.import_module(library))(message=message, request=request)


_request: "ContextVar[Optional[LimitedCall]]" = ContextVar("fusebox_request", default=None)


def resource(url: str) -> str:
    """The first part of a path after its version: ``chat`` for ``/v1/chat/completions`` and for
    ``/openai/v1/chat/completions``. Later parts may be ids."""
    path = url.partition("://")[2].partition("/")[2] if "://" in url else url
    parts = [part for part in path.split("/") if part]
    versions = [at for at, part in enumerate(parts[:2]) if part[0] == "v" and part[1:].isdigit()]
    return next(iter(parts[versions[-1] + 1 if versions else 0:]), "request")


def strategy_name(library: _Library, url: str, host: str) -> str:
    """``openai/chat``; for another host than the library's own, ``openai/chat@HOST``."""
    name = f"{library.name}/{resource(url)}"
    return name if host == library.host else f"{name}@{host}"


def hook(agent: "Agent", module: Any) -> None:
    library = LIBRARIES[module.__name__]
    base = module._base_client
    streams = (module.Stream, module.AsyncStream)

    def begin(client: Any, options: Any) -> LimitedCall:
        host = client.base_url.netloc.decode("ascii", "replace")
        name = strategy_name(library, str(options.url), host)
        own = int(client.max_retries) + 1
        return LimitedCall(retried(agent, name, client.base_url.host, own, library.name))

    def broke(request: Optional[LimitedCall], error: BaseException) -> BaseException:
        """Records the error of a call. Returns the error to raise."""
        if request is not None:
            request.call.finish(error)
        cause = held_error(error, request.call.start if request is not None else 0.0)
        if cause is None or isinstance(error, HELD.of(module)):
            return error
        held = HELD.of(module)(message=str(cause), request=cause.request)  # type: ignore[attr-defined]
        held.__cause__ = cause
        return held  # type: ignore[no-any-return]

    def answered(request: Optional[LimitedCall], result: Any) -> None:
        if request is None:
            return
        request.call.hear()
        if isinstance(result, streams):
            follow: Any = followed_async if hasattr(result, "__aiter__") else followed
            result._iterator = follow(result._iterator, request.call)
            result.close = _closing(weakref.ref(result), request)
        else:
            request.call.finish(None)

    def wrap_request(original: Any) -> Any:
        def send(client: Any, cast_to: Any, options: Any, *arguments: Any, **named: Any) -> Any:
            request = quietly(begin, client, options)
            token = _request.set(request)
            try:
                result = original(client, cast_to, options, *arguments, **named)
            except BaseException as error:
                raised = quietly(broke, request, error) or error
                if raised is error:
                    raise
                raise raised
            finally:
                _request.reset(token)
            quietly(answered, request, result)
            return result

        return send

    def wrap_async_request(original: Any) -> Any:
        async def send(client: Any, cast_to: Any, options: Any, *arguments: Any, **named: Any) -> Any:
            request = quietly(begin, client, options)
            token = _request.set(request)
            try:
                result = await original(client, cast_to, options, *arguments, **named)
            except BaseException as error:
                raised = quietly(broke, request, error) or error
                if raised is error:
                    raise
                raise raised
            finally:
                _request.reset(token)
            quietly(answered, request, result)
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
            error = sys.exc_info()[1]
            request = _request.get()
            since = request.call.start if request is not None else 0.0
            if error is not None and named.get("response") is None and is_held(error, since):
                raise error  # A held host is not tried again.
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


def _closing(stream: Any, request: LimitedCall) -> Any:
    """The method ``close`` of a stream, which is given by a weak reference: a cycle would delay the stream's end."""

    def close() -> Any:
        quietly(request.call.end, CANCELLED)  # Unless the last event has come.
        owner = stream()
        return type(owner).close(owner)

    return close
