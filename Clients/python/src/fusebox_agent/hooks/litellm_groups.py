"""The strategies of litellm's Routers: model groups with retries and fallbacks, and deployments with cooldowns."""

from __future__ import annotations

import importlib
import weakref
from inspect import getattr_static
from typing import TYPE_CHECKING, Any, Dict, Iterable, Optional

from .._breaker import CLOSED, OPEN, Breaker
from .._limit import Limit
from .._meter import CANCELLED, FAILED, OK
from .._strategy import Call, Strategy, is_cancellation
from .attempts import MOST_ATTEMPTS, LimitedCall
from .held import HeldErrors

if TYPE_CHECKING:
    from .._agent import Agent

FOREVER = 10 * 365 * 86_400.0
"""Seconds of a cooldown that lasts until a reset."""


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


def is_supported(agent: "Agent", owner: Any, methods: Iterable[str]) -> bool:
    """Whether a class of litellm has all hooked methods. If not, the library is reported."""
    missing = [method for method in methods if getattr_static(owner, method, None) is None]
    if missing:
        agent.unsupported(
            "litellm", f"its {owner.__name__} has no method {missing[0]}; its requests are reported under their hosts")
    return not missing


class _Cooldown(Breaker):
    """The cooldown of a deployment. It ends by itself."""

    def __init__(self, cache: Any, model_id: str) -> None:
        self._cache = weakref.ref(cache)
        self._id = model_id
        super().__init__(self._warm, None, self._cool)
        self.facts = {"trip": "the router's rule for cooldowns"}

    def _cool(self, seconds: Optional[float]) -> None:
        cache = self._cache()
        if cache is not None:
            self.held = True  # Marks the cooldown as the operator's, not the router's.
            cache.add_deployment_to_cooldown(
                self._id, RuntimeError("cooled down by an operator, through fusebox"), 503,
                FOREVER if seconds is None else seconds,
            )

    def _warm(self) -> None:
        cache = self._cache()
        if cache is None:
            return
        if hasattr(cache, "cooldown_store"):  # The Router with a core in Rust.
            cache.cooldown_store.evict_local(self._id)
        else:
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


class GroupCall(LimitedCall):
    """A call in flight to a model group."""

    __slots__ = ("fell_back",)

    def __init__(self, strategy: Strategy) -> None:
        super().__init__(strategy)
        self.fell_back = False

    def attempted(self, error: Optional[BaseException], start: float) -> None:
        """Records the end of an attempt that began at ``start``."""
        self.call.attempt(error, start)
        if error is not None:
            self.call.waits()

    def finish(self, error: Optional[BaseException]) -> None:
        """Ends the call. Its attempts are recorded already."""
        if error is None:
            self.call.end(OK, "fallback" if self.fell_back else None)
        else:
            self.call.end(CANCELLED if is_cancellation(error) else FAILED)


def model_id(deployment: Dict[str, Any]) -> str:
    """The id of a deployment; empty if it has none."""
    return str((deployment.get("model_info") or {}).get("id", ""))


def deployment_name(deployment: Dict[str, Any]) -> str:
    """The deployment's id if it is short, else its model and the first characters of its id."""
    id_ = model_id(deployment)
    if 0 < len(id_) <= 24:
        return id_
    model = str(deployment["litellm_params"]["model"]).rpartition("/")[2]
    return f"{model}#{id_[:6]}"


class Groups:
    """The groups and deployments of all Routers of the program."""

    def __init__(self, agent: "Agent") -> None:
        self._agent = agent
        self._cooldowns: Dict[str, _Cooldown] = {}
        """By the id of the deployment. At most as many as the agent has strategies."""

    def group(self, name: str, num_retries: Any) -> Strategy:
        """The strategy of a group.

        :param num_retries: the Router's number of retries.
        """
        name = f"litellm/{name}"
        known = self._agent.strategies.get(name)
        if known is not None:
            return known
        own = int(num_retries) + 1
        limits = {"max_attempts": Limit(own, minimum=1, maximum=max(MOST_ATTEMPTS, own), unit="attempts")}
        return self._agent.strategy(name, "fallback+retry", name[len("litellm/"):], limits, None, "litellm")

    def deployment(self, deployment: Dict[str, Any], cache: Any) -> Strategy:
        """The strategy of a deployment.

        :param deployment: its entry in the Router's list.
        :param cache: the Router's cache of cooldowns.
        """
        name = f"litellm/{deployment.get('model_name')}/{deployment_name(deployment)}"
        known = self._agent.strategies.get(name)
        if known is not None:
            return known
        id_ = model_id(deployment)
        cooldown = _Cooldown(cache, id_)
        target = str(deployment["litellm_params"]["model"])
        strategy = self._agent.strategy(name, "cooldown", target, None, cooldown, "litellm")
        if strategy.breaker is cooldown:
            self._cooldowns[id_] = cooldown
        return strategy

    def cooled(self, id_: str, cause: str, seconds: float) -> None:
        """Records a cooldown. One that an operator started is ignored.

        :param cause: the name of the error.
        """
        cooldown = self._cooldowns.get(id_)
        if cooldown is not None and not cooldown.held:
            cooldown.cooled(f"cooled down after {cause}", float(seconds))
