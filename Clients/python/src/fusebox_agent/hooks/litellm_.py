"""Hooks litellm's Router: reports model groups with retries and fallbacks, and deployments with cooldowns.

A cooldown is reported as an open breaker. An operator's ``open`` starts a cooldown, ``reset`` ends it.
"""

from __future__ import annotations

import weakref
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Dict, Optional

from .._breaker import CLOSED, OPEN, Breaker
from .._limit import Limit
from .._meter import CANCELLED, FAILED, OK
from .._patch import quietly, wrap
from .._strategy import Call, Strategy, is_cancellation

if TYPE_CHECKING:
    from .._agent import Agent

FOREVER = 10 * 365 * 86_400.0
"""Seconds of a cooldown that lasts until a reset."""
MOST_ATTEMPTS = 20


class _Cooldown(Breaker):
    """The cooldown of a deployment. It ends by itself."""

    def __init__(self, router: Any, model_id: str) -> None:
        self._router = weakref.ref(router)
        self._id = model_id
        super().__init__(self._warm, None, self._cool)
        self.facts = {"trip": "the router's rule for cooldowns"}

    def _cool(self, seconds: Optional[float]) -> None:
        router = self._router()
        if router is not None:
            self.held = True  # Marks the cooldown as the operator's, not the router's.
            router.cooldown_cache.add_deployment_to_cooldown(
                self._id, RuntimeError("cooled down by an operator, through fusebox"), 503,
                FOREVER if seconds is None else seconds,
            )

    def _warm(self) -> None:
        router = self._router()
        if router is not None:
            cache = router.cooldown_cache
            cache.cache.delete_cache(cache.get_cooldown_cache_key(self._id))

    def cooled(self, why: str, seconds: float) -> None:
        """Records a cooldown started by the router."""
        with self._lock:
            if self.state == CLOSED:
                self._move(OPEN, why, "policy", seconds)

    @property
    def ends_at(self) -> Optional[float]:
        return None if self.state == CLOSED else self.until

    def end_hold(self) -> None:
        with self._lock:
            self.held = False
            if self.state != CLOSED:
                self._move(CLOSED, "the cooldown is over", "policy")


class _Group:
    """A call in flight to a model group."""

    __slots__ = ("call", "pinned", "fell_back")

    def __init__(self, strategy: Strategy) -> None:
        self.pinned = strategy.limits["max_attempts"].pinned if strategy.limits else None
        self.call: Call = strategy.begin()
        self.fell_back = False


class _Attempt:
    """One attempt of a group's call. ``call`` is set when a deployment is chosen."""

    __slots__ = ("call",)

    def __init__(self) -> None:
        self.call: Optional[Call] = None


_group: "ContextVar[Optional[_Group]]" = ContextVar("fusebox_group", default=None)
_attempt: "ContextVar[Optional[_Attempt]]" = ContextVar("fusebox_attempt", default=None)


def deployment_name(deployment: Dict[str, Any]) -> str:
    """The deployment's id if it is short, else its model and the first characters of its id."""
    model_id = str((deployment.get("model_info") or {}).get("id", ""))
    if 0 < len(model_id) <= 24:
        return model_id
    model = str(deployment["litellm_params"]["model"]).rpartition("/")[2]
    return f"{model}#{model_id[:6]}"


def hook(agent: "Agent", module: Any) -> None:
    router_class = module.Router
    cooldowns: Dict[str, _Cooldown] = {}

    def shown_group(router: Any, group: str) -> Strategy:
        name = f"litellm/{group}"
        known = agent.strategies.get(name)
        if known is not None:
            return known
        own = int(router.num_retries) + 1
        limits = {"max_attempts": Limit(own, minimum=1, maximum=max(MOST_ATTEMPTS, own), unit="attempts")}
        return agent.strategy(name, "fallback+retry", group, limits, None, "litellm")

    def shown_deployment(router: Any, deployment: Dict[str, Any]) -> Strategy:
        name = f"litellm/{deployment.get('model_name')}/{deployment_name(deployment)}"
        known = agent.strategies.get(name)
        if known is not None:
            return known
        model_id = str((deployment.get("model_info") or {}).get("id", ""))
        cooldown = _Cooldown(router, model_id)
        target = str(deployment["litellm_params"]["model"])
        strategy = agent.strategy(name, "cooldown", target, None, cooldown, "litellm")
        if strategy.breaker is cooldown:
            cooldowns[model_id] = cooldown
        return strategy

    def begin(router: Any, group: str) -> _Group:
        outer = _group.get()
        if outer is not None:
            outer.fell_back = True
        return _Group(shown_group(router, group))

    def finish(call: Call, error: Optional[BaseException], source: Optional[str] = None) -> None:
        if error is None:
            call.end(OK, source)
        else:
            call.end(CANCELLED if is_cancellation(error) else FAILED)

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
                quietly(finish, inner.call, error, "fallback" if inner.fell_back and error is None else None)

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
                quietly(ended, _group.get(), attempt.call, error)

        return make_call

    def ended(group: Optional[_Group], call: Optional[Call], error: Optional[BaseException]) -> None:
        """Ends an attempt of a group's call and the call to the chosen deployment."""
        if group is not None and not (error is not None and is_cancellation(error)):
            group.call.attempt(error)
            if error is not None:
                group.call.waits()
        if call is not None:
            call.finish(error)

    def wrap_choice(original: Any) -> Any:
        def chosen(router: Any, deployment: Any, *arguments: Any, **named: Any) -> Any:
            attempt = _attempt.get()
            if attempt is not None and attempt.call is None:
                strategy = quietly(shown_deployment, router, deployment)
                attempt.call = None if strategy is None else strategy.begin()
            return original(router, deployment, *arguments, **named)

        return chosen

    def cooled(model_id: str, error: Any, seconds: float) -> None:
        cooldown = cooldowns.get(model_id)
        if cooldown is not None and not cooldown.held:
            cooldown.cooled(f"cooled down after {type(error).__name__}", float(seconds))

    def wrap_cooldown(original: Any) -> Any:
        def add(cache: Any, model_id: Any, original_exception: Any, exception_status: Any, cooldown_time: Any) -> Any:
            result = original(cache, model_id, original_exception, exception_status, cooldown_time)
            seconds = cache.default_cooldown_time if cooldown_time is None else cooldown_time
            quietly(cooled, str(model_id), original_exception, seconds)
            return result

        return add

    def wrap_init(original: Any) -> Any:
        def init(router: Any, *arguments: Any, **named: Any) -> None:
            original(router, *arguments, **named)
            for deployment in router.model_list or []:
                quietly(shown_group, router, str(deployment.get("model_name")))
                quietly(shown_deployment, router, deployment)

        return init

    wrap(router_class, "async_function_with_fallbacks", wrap_group)
    wrap(router_class, "async_function_with_retries", wrap_retries)
    wrap(router_class, "make_call", wrap_attempt)
    wrap(router_class, "_update_kwargs_with_deployment", wrap_choice)
    wrap(router_class, "__init__", wrap_init)
    wrap(module.CooldownCache, "add_deployment_to_cooldown", wrap_cooldown)
