"""Hooks stamina, which is built on tenacity: reports its names; operators can disable its retries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._limit import Limit
from .._patch import wrap

if TYPE_CHECKING:
    from .._agent import Agent


def hook(agent: "Agent", module: Any) -> None:
    def named(original: Any) -> Any:
        def make_before_sleep(name: str, *arguments: Any, **more: Any) -> Any:
            before_sleep = original(name, *arguments, **more)
            before_sleep.fusebox_name = name
            return before_sleep

        return make_before_sleep

    wrap(module._core, "_make_before_sleep", named)
    active = Limit(
        lambda: int(module.is_active()), minimum=0, maximum=1, unit="on (1) or off (0)",
        on_set=lambda value: module.set_active(bool(value)),
    )
    agent.strategy("stamina", "switch", None, {"active": active}, None, "stamina")
