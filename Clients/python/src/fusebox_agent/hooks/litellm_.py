"""Hooks litellm: a held host is an ``APIConnectionError`` that is not retried. The Router of each version has a hook.

A cooldown is reported as an open breaker. An operator's ``open`` starts a cooldown, ``reset`` ends it. Under a held
host, the Router tries no deployment twice and does not sleep before its fallback.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any, Optional

from .._gate import held_error
from .._patch import quietly, wrap, wrap_everywhere
from . import litellm_python_router
from .litellm_groups import HELD, is_supported

if TYPE_CHECKING:
    from .._agent import Agent

RETRIES = (
    "completion_with_retries", "acompletion_with_retries", "responses_with_retries", "aresponses_with_retries",
)
"""The functions that try a failed call again if it has ``num_retries``."""


def hook(agent: "Agent", module: Any) -> None:
    library = sys.modules["litellm"]
    held = HELD.of(library)

    def wrap_mapping(original: Any) -> Any:
        def exception_type(model: Any, original_exception: Any, *arguments: Any, **named: Any) -> Any:
            error = quietly(unmapped, original_exception)
            if error is None:
                return original(model, original_exception, *arguments, **named)
            provider = arguments[0] if arguments else named.get("custom_llm_provider")
            raise held(str(error), provider, model) from error

        return exception_type

    def unmapped(error: Any) -> Optional[BaseException]:
        """The error of a held host in a provider's error; ``None`` without it."""
        found = held_error(error)
        # An error that litellm has raised before is one that the program, or the Router, handles by another call.
        return None if found is not error and isinstance(found, held) else found

    def hold() -> Optional[BaseException]:
        """The error of a held host, if litellm handles it by trying the call again."""
        error = sys.exc_info()[1]
        is_own = sys._getframe(2).f_globals.get("__name__") == "litellm.utils"
        return error if is_own and isinstance(error, held) else None

    def wrap_retry(original: Any) -> Any:
        def with_retries(*arguments: Any, **named: Any) -> Any:
            error = hold()
            if error is not None:
                raise error
            return original(*arguments, **named)

        return with_retries

    def wrap_async_retry(original: Any) -> Any:
        async def with_retries(*arguments: Any, **named: Any) -> Any:
            error = hold()
            if error is not None:
                raise error
            return await original(*arguments, **named)

        return with_retries

    mapping = importlib.import_module("litellm.litellm_core_utils.exception_mapping_utils")
    wrap_everywhere(mapping, "exception_type", wrap_mapping)
    for name in RETRIES:
        if hasattr(library, name):
            wrap(library, name, wrap_async_retry if name[0] == "a" else wrap_retry)
    if hasattr(module, "make_core"):  # The core in Rust is imported for the first Router, and hooked then.
        return
    if is_supported(agent, module.Router, litellm_python_router.METHODS):
        litellm_python_router.hook(agent, module)
