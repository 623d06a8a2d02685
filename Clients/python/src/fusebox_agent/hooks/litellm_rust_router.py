"""Hooks the Router of litellm that has a core in Rust.

The core decides; its steps and events pass through Python. A level is a group in a chain of fallbacks: 0 for the group
that the program calls, 1 for its fallback, and so on.
"""

from __future__ import annotations

import sys
from contextvars import ContextVar
from time import monotonic, time
from typing import TYPE_CHECKING, Any, Dict, List, Optional

from .._gate import is_held
from .._patch import quietly, wrap
from .._strategy import Call, Strategy, is_cancellation
from .litellm_groups import HELD, GroupCall, Groups, is_supported, model_id

if TYPE_CHECKING:
    from .._agent import Agent

CORE_METHODS = ("_drive", "_call_sync", "_answer_cache", "_answer_cache_sync", "trigger_fallback_cooldown", "health")
DRIVER_METHODS = ("take_events", "attempt", "attempt_sync", "last_error")


class _Walk:
    """A call in flight, with the calls of its groups by level."""

    __slots__ = ("groups", "held")

    def __init__(self, strategy: Strategy) -> None:
        self.groups: List[GroupCall] = [GroupCall(strategy)]
        self.held: List[str] = []
        """The keys of the cooldowns of deployments whose hosts are held. This call does not try them again."""

    def leave(self, level: int, error: Optional[BaseException]) -> None:
        """Ends the calls of the groups from a level on."""
        while len(self.groups) > level:
            group = self.groups.pop()
            if group not in self.groups:
                group.finish(error)


class _Attempt:
    """One attempt: the call of the group, and the call to the deployment."""

    __slots__ = ("group", "call", "key", "start")

    def __init__(self, group: Optional[GroupCall], strategy: Strategy, id_: str) -> None:
        self.group = group
        self.start = monotonic()
        self.call: Call = strategy.begin()
        self.key = f"deployment:{id_}:cooldown"


_walk: "ContextVar[Optional[_Walk]]" = ContextVar("fusebox_walk", default=None)


def hook(agent: "Agent", module: Any) -> None:
    held = HELD.of(sys.modules["litellm"])
    core_class, driver_class = module.RustCore, module._Driver
    if not is_supported(agent, core_class, CORE_METHODS) or not is_supported(agent, driver_class, DRIVER_METHODS):
        return
    groups = Groups(agent)

    def begin(core: Any, request: Any) -> Optional[_Walk]:
        model = request.get("model")
        return _Walk(groups.group(model, core.num_retries)) if isinstance(model, str) else None

    def finish(walk: Optional[_Walk], error: Optional[BaseException]) -> None:
        if walk is not None:
            walk.leave(0, error)

    def wrap_call(original: Any) -> Any:
        def call(core: Any, plan: Any, request: Any, *arguments: Any, **named: Any) -> Any:
            walk = quietly(begin, core, request)
            token = _walk.set(walk)
            error: Optional[BaseException] = None
            try:
                return original(core, plan, request, *arguments, **named)
            except BaseException as raised:
                error = raised
                raise
            finally:
                _walk.reset(token)
                quietly(finish, walk, error)

        return call

    def wrap_async_call(original: Any) -> Any:
        async def call(core: Any, plan: Any, request: Any, *arguments: Any, **named: Any) -> Any:
            walk = quietly(begin, core, request)
            token = _walk.set(walk)
            error: Optional[BaseException] = None
            try:
                return await original(core, plan, request, *arguments, **named)
            except BaseException as raised:
                error = raised
                raise
            finally:
                _walk.reset(token)
                quietly(finish, walk, error)

        return call

    def follow(driver: Any, events: Any) -> None:
        """Records the steps from a group to its fallback and back."""
        walk = _walk.get()
        if walk is None:
            return
        for event in events or ():
            kind = event.get("kind")
            if kind == "fallback":
                level = event["level"]
                walk.leave(level, driver.last_error)
                if event.get("order") is not None:  # Another deployment of the same group.
                    walk.groups.append(walk.groups[-1])
                else:
                    walk.groups.append(GroupCall(groups.group(str(event.get("to")), driver._core.num_retries)))
            elif kind == "fallback_done":
                level = event["level"]
                is_well = event.get("succeeded") is True
                if is_well and len(walk.groups) > level + 1 and walk.groups[level + 1] is not walk.groups[level]:
                    walk.groups[level].fell_back = True
                walk.leave(level + 1, None if is_well else driver.last_error)

    def wrap_events(original: Any) -> Any:
        def take_events(driver: Any, events: Any) -> None:
            original(driver, events)
            quietly(follow, driver, events)

        return take_events

    def enter(driver: Any, step: Any) -> _Attempt:
        walk = _walk.get()
        group = None if walk is None else walk.groups[min(step["fallback_level"], len(walk.groups) - 1)]
        deployment: Dict[str, Any] = step["deployment"]
        return _Attempt(group, groups.deployment(deployment, driver._core.health().cooldowns), model_id(deployment))

    def leave(attempt: Optional[_Attempt], error: Optional[BaseException]) -> None:
        """Ends an attempt of a group's call and the call to the chosen deployment."""
        if attempt is None:
            return
        if attempt.group is not None and not (error is not None and is_cancellation(error)):
            attempt.group.attempted(error, attempt.start)
        attempt.call.finish(error)

    def answered(driver: Any, attempt: Optional[_Attempt], outcome: Any) -> Any:
        """Ends an attempt. Returns the outcome for the core, with an operator's limit."""
        error = None if outcome.get("ok") else driver.last_error
        leave(attempt, error)
        if error is None or attempt is None:
            return outcome
        changes: Dict[str, Any] = {}
        walk = _walk.get()
        if is_held(error, attempt.start):
            changes.update(outside_deployment=True, recorded=True)  # A hold starts no cooldown.
            if walk is not None:
                walk.held.append(attempt.key)
        if attempt.group is not None and attempt.group.pinned is not None and not driver._plan.single_attempt:
            changes["num_retries"] = int(attempt.group.pinned) - 1
        return {**outcome, **changes}

    def wrap_attempt(original: Any) -> Any:
        def attempt_sync(driver: Any, step: Any) -> Any:
            attempt = quietly(enter, driver, step)
            try:
                outcome = original(driver, step)
            except BaseException as error:
                quietly(leave, attempt, error)
                raise
            return quietly(answered, driver, attempt, outcome) or outcome

        return attempt_sync

    def wrap_async_attempt(original: Any) -> Any:
        async def attempt(driver: Any, step: Any) -> Any:
            attempt = quietly(enter, driver, step)
            try:
                outcome = await original(driver, step)
            except BaseException as error:
                quietly(leave, attempt, error)
                raise
            return quietly(answered, driver, attempt, outcome) or outcome

        return attempt

    def cooling(step: Any, answer: Any) -> Any:
        """The cooldowns that the core asks for, with those of deployments whose hosts are held."""
        walk = _walk.get()
        if walk is None or not walk.held or step.get("op") != "batch_get":
            return answer
        cooldown = {
            "exception_received": "held by an operator", "status_code": "503", "timestamp": time(), "cooldown_time": 60,
        }
        return [cooldown if key in walk.held else known for key, known in zip(step["keys"], answer)]

    def wrap_cache(original: Any) -> Any:
        def answer(core: Any, step: Any) -> Any:
            known = original(core, step)
            return quietly(cooling, step, known) or known

        return answer

    def wrap_async_cache(original: Any) -> Any:
        async def answer(core: Any, step: Any) -> Any:
            known = await original(core, step)
            return quietly(cooling, step, known) or known

        return answer

    def wrap_failed_fallback(original: Any) -> Any:
        def trigger(core: Any, kwargs: Any, exception: Any, *arguments: Any, **named: Any) -> None:
            if not isinstance(exception, held):  # A hold starts no cooldown.
                original(core, kwargs, exception, *arguments, **named)

        return trigger

    def cooled(id_: Any, value: Any, seconds: Any) -> None:
        groups.cooled(str(id_), f"HTTP {value['status_code']}", seconds)

    def wrap_cooldown(original: Any) -> Any:
        def put(store: Any, model_id: Any, value: Any, ttl: Any) -> None:
            original(store, model_id, value, ttl)
            quietly(cooled, model_id, value, ttl)

        return put

    def wrap_async_cooldown(original: Any) -> Any:
        async def put(store: Any, model_id: Any, value: Any, ttl: Any) -> None:
            await original(store, model_id, value, ttl)
            quietly(cooled, model_id, value, ttl)

        return put

    def declare(core: Any) -> None:
        cooldowns = core.health().cooldowns
        for deployment in core.registry().all():
            groups.group(str(deployment.get("model_name")), core.num_retries)
            groups.deployment(deployment, cooldowns)

    def wrap_init(original: Any) -> Any:
        def init(core: Any, *arguments: Any, **named: Any) -> None:
            original(core, *arguments, **named)
            quietly(declare, core)

        return init

    wrap(core_class, "__init__", wrap_init)
    wrap(core_class, "_call_sync", wrap_call)
    wrap(core_class, "_drive", wrap_async_call)
    wrap(core_class, "_answer_cache_sync", wrap_cache)
    wrap(core_class, "_answer_cache", wrap_async_cache)
    wrap(core_class, "trigger_fallback_cooldown", wrap_failed_fallback)
    wrap(driver_class, "take_events", wrap_events)
    wrap(driver_class, "attempt_sync", wrap_attempt)
    wrap(driver_class, "attempt", wrap_async_attempt)
    wrap(module.RouterCooldownStore, "put", wrap_cooldown)
    wrap(module.RouterCooldownStore, "async_put", wrap_async_cooldown)
