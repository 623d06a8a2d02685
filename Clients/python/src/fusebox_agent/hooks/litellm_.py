"""Hooks litellm's Router: reports model groups with retries and fallbacks, and deployments with cooldowns.

A cooldown is reported as an open breaker. An operator's ``open`` starts a cooldown, ``reset`` ends it. Under a held
host, the Router tries no deployment twice and does not sleep before its fallback.
"""

from __future__ import annotations

import importlib
import logging
import sys
import weakref
from contextvars import ContextVar
from time import monotonic
from typing import TYPE_CHECKING, Any, Dict, List, Optional

from .._breaker import CLOSED, OPEN, Breaker
from .._gate import held_error
from .._limit import Limit
from .._meter import CANCELLED, FAILED, OK
from .._patch import quietly, wrap
from .._strategy import Call, Strategy, is_cancellation
from .held import HeldErrors

if TYPE_CHECKING:
    from .._agent import Agent

FOREVER = 10 * 365 * 86_400.0
"""Seconds of a cooldown that lasts until a reset."""
MOST_ATTEMPTS = 20
METHODS = (
    "async_function_with_fallbacks", "async_function_with_retries", "make_call", "_update_kwargs_with_deployment",
    "_time_to_sleep_before_retry", "deployment_callback_on_failure",
)
"""The Router's methods that are hooked."""


def _methods(library: Any) -> Dict[str, Any]:
    def initialise(error: Any, words: str, provider: Any = None, model: Any = None) -> None:
        library.APIConnectionError.__init__(error, message=words, llm_provider=provider, model=model)
        error.words = words

    return {
        "__init__": initialise, "__str__": lambda error: error.words,
        "__reduce__": lambda error: (_make_held, (error.words, error.llm_provider, error.model)),
    }


HELD = HeldErrors(__name__, {"litellm": "LiteLLMHeld"}, ("APIConnectionError",), _methods)

__getattr__ = HELD.attribute


def _make_held(*arguments: Any) -> Any:
    return HELD.of(importlib.import_module("litellm"))(*arguments)


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

    __slots__ = ("call", "pinned", "fell_back", "held", "held_error")

    def __init__(self, strategy: Strategy) -> None:
        self.pinned = strategy.limits["max_attempts"].pinned if strategy.limits else None
        self.call: Call = strategy.begin()
        self.fell_back = False
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


def deployment_name(deployment: Dict[str, Any]) -> str:
    """The deployment's id if it is short, else its model and the first characters of its id."""
    model_id = str((deployment.get("model_info") or {}).get("id", ""))
    if 0 < len(model_id) <= 24:
        return model_id
    model = str(deployment["litellm_params"]["model"]).rpartition("/")[2]
    return f"{model}#{model_id[:6]}"


def hook(agent: "Agent", module: Any) -> None:
    held = HELD.of(sys.modules["litellm"])

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

    mapping = importlib.import_module("litellm.litellm_core_utils.exception_mapping_utils").exception_type
    for name, user in list(sys.modules.items()):
        if name.partition(".")[0] == "litellm" and vars(user).get("exception_type") is mapping:
            wrap(user, "exception_type", wrap_mapping)

    router_class = module.Router
    missing = [method for method in METHODS if not hasattr(router_class, method)]
    if missing:
        logging.getLogger("fusebox_agent").warning(
            "litellm %s is not supported: its Router has no method %s. Its requests are reported under their hosts",
            _version(), missing[0])
        return
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
                quietly(ended, _group.get(), attempt, error)

        return make_call

    def ended(group: Optional[_Group], attempt: _Attempt, error: Optional[BaseException]) -> None:
        """Ends an attempt of a group's call and the call to the chosen deployment."""
        if group is not None and not (error is not None and is_cancellation(error)):
            group.held_error = error if isinstance(error, held) else None
            if group.held_error is not None and attempt.model_id is not None:
                group.held.append(attempt.model_id)
            group.call.attempt(error, attempt.start)
            if error is not None:
                group.call.waits()
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
                attempt.model_id = str((deployment.get("model_info") or {}).get("id", ""))
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
    wrap(router_class, "_time_to_sleep_before_retry", wrap_sleep)
    wrap(router_class, "deployment_callback_on_failure", wrap_failure)
    wrap(module, "_get_cooldown_deployments", wrap_unhealthy)
    wrap(module, "_async_get_cooldown_deployments", wrap_async_unhealthy)
    wrap(module.CooldownCache, "add_deployment_to_cooldown", wrap_cooldown)


def _version() -> str:
    from importlib.metadata import version

    return version("litellm")
