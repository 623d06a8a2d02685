"""The hooked libraries. The module with a library's hook is imported when the library is."""

from __future__ import annotations

TYPE_CHECKING = False  # Loaded at the start of every child process: importing typing would take too long.
if TYPE_CHECKING:
    from typing import Any, Callable, Dict

    from .._agent import Agent


def _by(name: str, function: str = "hook") -> "Callable[[Agent, Any], None]":
    def hook(agent: "Agent", module: Any) -> None:
        from importlib import import_module

        from .._patch import mark, put_back

        before = mark()
        try:
            getattr(import_module(f"{__name__}.{name}"), function)(agent, module)
        except Exception as error:  # The library has changed.
            put_back(before)
            agent.unsupported(module.__name__, f"it is not hooked: {error}")
            raise

    return hook


HOOKS: "Dict[str, Callable[[Agent, Any], None]]" = {
    "tenacity": _by("tenacity_"),
    "stamina": _by("stamina_"),
    "backoff": _by("backoff_"),
    "pybreaker": _by("listening_breakers"),
    "aiobreaker": _by("listening_breakers"),
    "circuitbreaker": _by("circuitbreaker_"),
    "purgatory": _by("purgatory_"),
    "httpx": _by("httpx_"),
    "httpx2": _by("httpx_"),
    "urllib3.connectionpool": _by("urllib3_"),
    "botocore.client": _by("botocore_"),
    "aiohttp": _by("aiohttp_"),
    "grpc._channel": _by("grpc_"),
    "grpc.aio": _by("grpc_aio"),
    "openai": _by("stainless"),
    "anthropic": _by("stainless"),
    "google.genai._api_client": _by("genai_"),
    "cerebras.cloud.sdk": _by("stainless"),
    "fireworks": _by("stainless"),
    "groq": _by("stainless"),
    "perplexity": _by("stainless"),
    "sambanova": _by("stainless"),
    "together": _by("stainless"),
    "writerai": _by("stainless"),
    "mcp.client.session": _by("mcp_"),
    "mcp.client.streamable_http": _by("mcp_", "hook_http"),
    "langgraph.pregel._runner": _by("langgraph_"),
    "pydantic_ai.toolsets.function": _by("pydantic_ai_"),
    "temporalio.worker._activity": _by("temporalio_"),
    "celery.app.trace": _by("celery_"),
    "redis.connection": _by("redis_"),
    "redis.asyncio.connection": _by("redis_"),
    "sqlalchemy.engine.base": _by("sqlalchemy_"),
    "litellm.router": _by("litellm_"),
    "litellm.router_rust.core": _by("litellm_rust_router"),
}
"""The hooks, by the module whose import runs them."""
