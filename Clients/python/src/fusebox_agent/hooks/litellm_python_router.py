"""Hooks the Router of litellm that is written in Python."""

from __future__ import annotations

import sys
from contextvars import ContextVar
from time import monotonic
from typing import TYPE_CHECKING, Any, Dict, List, Optional

from .._patch import quietly, wrap
from .._strategy import Call, Strategy, is_cancellation
from .litellm_groups import HELD, GroupCall, Groups, model_id

if TYPE_CHECKING:
    from .._agent import Agent

METHODS = (
    "async_function_with_fallbacks", "async_function_with_retries", "make_call", "_update_kwargs_with_deployment",
    "_time_to_sleep_before_retry", "deployment_callback_on_failure",
)
"""The Router's methods that are hooked."""


class _Group(GroupCall):
    """A call in flight to a model group, with what it knows about held hosts."""

    __slots__ = ("held", "held_error")

    def __init__(self, strategy: Strategy) -> None:
        super().__init__(strategy)
        self.held: List[str] = []
        """The ids of the deployments whose hosts are held. This call does not try them again."""
        self.held_error: Optional[BaseException] = None
        """The error of the last attempt, if its host is held."""


class _Attempt:
    """One attempt of a group's call. ``call`` and ``model_id`` are set when a deployment is chosen."""

    __slots__ = ("call", "model_id", "start")

    def __init__(self) -> None:
        self.call: Optional[Call] = None
        self.model_id: Optional[str] = None
        self.start = monotonic()


_group: "ContextVar[Optional[_Group]]" = ContextVar("fusebox_group", default=None)
_attempt: "ContextVar[Optional[_Attempt]]" = ContextVar("fusebox_attempt", default=None)


def hook(agent: "Agent", module: Any) -> None:
    held = HELD.of(sys.modules["litellm"])
    router_class = module.Router
    groups = Groups(agent)

    def begin(router: Any, group: str) -> _Group:
        outer = _group.get()
        if outer is not None:
            outer.fell_back = True
        return _Group(groups.group(group, router.num_retries))

    def wrap_group(original: Any) -> Any:
        async def with_fallbacks(router: Any, *arguments: Any, **named: Any) -> Any:
            inner = quietly(begin, router, str(named.get("model")))
            if inner is None:
                return await original(router, *arguments, **named)
            token = _group.set(inner)
            error: Optional[BaseException] = None
            try:
                return await original(router, *arguments, **named)
            except BaseException as raised:
                error = raised
                raise
            finally:
                _group.reset(token)
                quietly(inner.finish, error)

        return with_fallbacks

    def wrap_retries(original: Any) -> Any:
        async def with_retries(router: Any, *arguments: Any, **named: Any) -> Any:
            group = _group.get()
            if group is not None and group.pinned is not None:
                named["num_retries"] = int(group.pinned) - 1
            return await original(router, *arguments, **named)

        return with_retries

    def wrap_attempt(original: Any) -> Any:
        async def make_call(router: Any, *arguments: Any, **named: Any) -> Any:
            attempt = _Attempt()
            token = _attempt.set(attempt)
            error: Optional[BaseException] = None
            try:
                return await original(router, *arguments, **named)
            except BaseException as raised:
                error = raised
                raise
            finally:
                _attempt.reset(token)
                quietly(ended, _group.get(), attempt, error)

        return make_call

    def ended(group: Optional[_Group], attempt: _Attempt, error: Optional[BaseException]) -> None:
        """Ends an attempt of a group's call and the call to the chosen deployment."""
        if group is not None and not (error is not None and is_cancellation(error)):
            group.held_error = error if isinstance(error, held) else None
            if group.held_error is not None and attempt.model_id is not None:
                group.held.append(attempt.model_id)
            group.attempted(error, attempt.start)
        if attempt.call is not None:
            attempt.call.finish(error)

    def wrap_unhealthy(original: Any) -> Any:
        def cooldowns_and_held(*arguments: Any, **named: Any) -> Any:
            group = _group.get()
            return [*original(*arguments, **named), *(group.held if group is not None else ())]

        return cooldowns_and_held

    def wrap_async_unhealthy(original: Any) -> Any:
        async def cooldowns_and_held(*arguments: Any, **named: Any) -> Any:
            group = _group.get()
            return [*await original(*arguments, **named), *(group.held if group is not None else ())]

        return cooldowns_and_held

    def wrap_sleep(original: Any) -> Any:
        def time_to_sleep(router: Any, *arguments: Any, **named: Any) -> Any:
            group = _group.get()
            if group is None or group.held_error is None:
                return original(router, *arguments, **named)
            if named.get("healthy_deployments"):
                return 0  # The next attempt has another host.
            raise group.held_error

        return time_to_sleep

    def wrap_failure(original: Any) -> Any:
        def on_failure(router: Any, kwargs: Any, *arguments: Any, **named: Any) -> Any:
            if isinstance(kwargs.get("exception"), held):
                return False  # A hold starts no cooldown.
            return original(router, kwargs, *arguments, **named)

        return on_failure

    def wrap_choice(original: Any) -> Any:
        def chosen(router: Any, deployment: Any, *arguments: Any, **named: Any) -> Any:
            attempt = _attempt.get()
            if attempt is not None and attempt.call is None:
                quietly(choose, router, attempt, deployment)
            return original(router, deployment, *arguments, **named)

        return chosen

    def choose(router: Any, attempt: _Attempt, deployment: Dict[str, Any]) -> None:
        attempt.model_id = model_id(deployment)
        attempt.call = groups.deployment(deployment, router.cooldown_cache).begin()

    def wrap_cooldown(original: Any) -> Any:
        def add(cache: Any, model_id: Any, original_exception: Any, exception_status: Any, cooldown_time: Any) -> Any:
            result = original(cache, model_id, original_exception, exception_status, cooldown_time)
            seconds = cache.default_cooldown_time if cooldown_time is None else cooldown_time
            quietly(groups.cooled, str(model_id), type(original_exception).__name__, seconds)
            return result

        return add

    def wrap_init(original: Any) -> Any:
        def init(router: Any, *arguments: Any, **named: Any) -> None:
            original(router, *arguments, **named)
            for deployment in router.model_list or []:
                quietly(groups.group, str(deployment.get("model_name")), router.num_retries)
                quietly(groups.deployment, deployment, router.cooldown_cache)

        return init

    wrap(router_class, "async_function_with_fallbacks", wrap_group)
    wrap(router_class, "async_function_with_retries", wrap_retries)
    wrap(router_class, "make_call", wrap_attempt)
    wrap(router_class, "_update_kwargs_with_deployment", wrap_choice)
    wrap(router_class, "__init__", wrap_init)
    wrap(router_class, "_time_to_sleep_before_retry", wrap_sleep)
    wrap(router_class, "deployment_callback_on_failure", wrap_failure)
    wrap(module, "_get_cooldown_deployments", wrap_unhealthy)
    wrap(module, "_async_get_cooldown_deployments", wrap_async_unhealthy)
    wrap(module.CooldownCache, "add_deployment_to_cooldown", wrap_cooldown)
