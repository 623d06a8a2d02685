"""Hooks pybreaker and its fork aiobreaker: reports states, outcomes and rejections; operators can open, reset, probe
and set ``fail_max``.

pybreaker holds its lock for the whole call. Commands never take this lock: the hold is checked before the breaker, and
the state is set in the storage, where the library expects changes by other processes.
"""

from __future__ import annotations

import datetime
import time
from typing import TYPE_CHECKING, Any, Optional, Set

from .._breaker import Breaker
from .._counts import REJECTED
from .._patch import complain, quietly, wrap
from .._strategy import Strategy
from .library_breaker import (
    DEFERRED, EXCLUDED, FAILURE, REFUSED, STATES, Passage, attach, begin_passage, passage, passages,
    place_of_creation, thread)

if TYPE_CHECKING:
    from .._agent import Agent


def hook(agent: "Agent", module: Any) -> None:
    library = module.__name__
    is_async = library == "aiobreaker"
    if is_async:
        base, opened = module.state.CircuitBreakerBaseState, module.state.CircuitOpenState
        closed, half_open = module.state.CircuitBreakerState.CLOSED, module.state.CircuitBreakerState.HALF_OPEN
    else:
        base, opened = module.CircuitBreakerState, module.CircuitOpenState
        closed, half_open = module.STATE_CLOSED, module.STATE_HALF_OPEN
    breaker_class = module.CircuitBreaker
    exclusions: Set[Any] = set()

    def set_state(state: Any) -> Any:
        def change(breaker: Any) -> None:
            storage = breaker._state_storage
            storage.reset_counter()
            storage.state = state

        return change

    def word(state: Any) -> str:
        return STATES[(state.name if is_async else state).lower().replace("_", "-")]

    def timeout(breaker: Any) -> float:
        return float(breaker.timeout_duration.total_seconds() if is_async else breaker.reset_timeout)

    def shown(breaker: Any) -> Strategy:
        strategy: Optional[Strategy] = getattr(breaker, "fusebox", None)
        if strategy is not None:
            return strategy
        name = breaker.name or f"{library}/{place_of_creation((library, 'fusebox_agent'))}"
        strategy = attach(
            agent, library, breaker, name, "fail_max", set_state(closed), set_state(half_open)
        )
        behind = strategy.breaker
        if behind is not None and not behind.held:  # A standing order may hold it from the start.
            behind.state = word(breaker.current_state)
            behind.facts = {
                "trip": f"{breaker.fail_max} consecutive failures",
                "open_ms": round(timeout(breaker) * 1000), "half_open_calls": 1,
            }
        breaker.fusebox = strategy
        watch_exclusions(type(breaker))
        return strategy

    def held_error(strategy: Strategy) -> Exception:
        words = strategy.breaker.held_words(time.monotonic()) if strategy.breaker else ""
        if not is_async:
            return module.CircuitBreakerError(words)  # type: ignore[no-any-return]
        until = strategy.breaker.until if strategy.breaker else None
        seconds = 3600.0 if until is None else max(0.0, until - time.monotonic())
        reopens = datetime.datetime.now() + datetime.timedelta(seconds=seconds)
        return module.CircuitBreakerError(words, reopens)  # type: ignore[no-any-return]

    def enter(breaker: Any, func: Any) -> Optional[Passage]:
        """Begins a call; ``None`` if the breaker calls itself for a call that has begun."""
        inner = passage(breaker)
        if inner is not None and inner.verdict == REFUSED:  # An open breaker admits the call as a probe.
            inner.verdict = None
            return None
        # Only aiobreaker sets this attribute. With pybreaker, a mock that has any attribute is a normal function.
        if is_async and getattr(func, "_ignore_on_call", False):
            return None
        return begin_passage(shown(breaker), breaker)

    def refuse(breaker: Any) -> Optional[Exception]:
        """The error to raise while an operator holds the breaker; ``None`` if it is not held."""
        strategy = shown(breaker)
        if strategy.breaker is None or not strategy.breaker.held:
            return None
        strategy.begin().end(REJECTED)
        return held_error(strategy)

    def follow(behind: Breaker, breaker: Any, new_state: Any, before: Any) -> None:
        behind.follow(*_reason(breaker, word(new_state), before, timeout))

    def wrap_init(original: Any) -> Any:
        def init(breaker: Any, *arguments: Any, **named: Any) -> None:
            original(breaker, *arguments, **named)
            quietly(shown, breaker)

        return init

    def wrap_call(original: Any) -> Any:
        def call(breaker: Any, func: Any, *arguments: Any, **named: Any) -> Any:
            refusal: Optional[Exception] = None
            entered: Optional[Passage] = None
            try:
                stack = thread.passages
                strategy = breaker.fusebox
                if strategy.breaker.held:
                    refusal = refuse(breaker)
                elif stack or is_async:
                    entered = enter(breaker, func)
                else:
                    entered = Passage(strategy)
                    entered.owner = breaker
                    entered.verdict = None
            except Exception:  # Also if the breaker is not shown yet.
                refusal = quietly(refuse, breaker)
                entered = None if refusal else quietly(enter, breaker, func)
            if entered is None:
                if refusal is not None:
                    raise refusal
                return original(breaker, func, *arguments, **named)
            stack.append(entered)
            try:
                result = original(breaker, func, *arguments, **named)
            except BaseException as error:
                quietly(entered.leave, error)
                raise
            finally:
                stack.pop()
            if entered.verdict != DEFERRED:
                try:
                    entered.finish(None)
                except Exception:
                    complain("a call was not counted")
            return result

        return call

    def wrap_call_async(original: Any) -> Any:
        async def call_async(breaker: Any, func: Any, *arguments: Any, **named: Any) -> Any:
            refusal = quietly(refuse, breaker)
            if refusal is not None:
                raise refusal
            entered = quietly(enter, breaker, func)
            if entered is None:
                return await original(breaker, func, *arguments, **named)
            token = passages.set((*passages.get(), entered))
            try:
                result = await original(breaker, func, *arguments, **named)
            except BaseException as error:
                quietly(entered.leave, error)
                raise
            finally:
                passages.reset(token)
            quietly(entered.finish, None)
            return result

        return call_async

    def wrap_tornado(original: Any) -> Any:
        def call_async(breaker: Any, func: Any, *arguments: Any, **named: Any) -> Any:
            refusal = quietly(refuse, breaker)
            if refusal is not None:
                raise refusal
            return original(breaker, func, *arguments, **named)

        return call_async

    def wrap_open(original: Any) -> Any:
        def call(state: Any, *arguments: Any, **named: Any) -> Any:
            inner = passage(state._breaker)
            if inner is not None:
                inner.verdict = REFUSED
            return original(state, *arguments, **named)

        return call

    def wrap_error(original: Any) -> Any:
        def handle_error(state: Any, *arguments: Any, **named: Any) -> Any:
            inner = passage(state._breaker)
            if inner is not None:
                inner.handled(next((a for a in arguments if isinstance(a, BaseException)), None), FAILURE)
            return original(state, *arguments, **named)

        return handle_error

    def wrap_exclusion(original: Any) -> Any:
        def is_system_error(breaker: Any, error: Any) -> Any:
            result = original(breaker, error)
            inner = passage(breaker)
            if inner is not None and inner.verdict == FAILURE and inner.error is error and not result:
                inner.verdict = EXCLUDED
            return result

        return is_system_error

    def watch_exclusions(owner: Any) -> None:
        """Wraps the function that decides whether an error is a failure, also in subclasses that replace it."""
        for each in owner.__mro__:
            if each not in exclusions and "is_system_error" in vars(each):
                exclusions.add(each)
                wrap(each, "is_system_error", wrap_exclusion)

    def wrap_generator(original: Any) -> Any:
        def generator_call(state: Any, generator: Any) -> Any:
            inner = passage(state._breaker)
            going = original(state, generator)
            if inner is None:
                return going
            inner.verdict = DEFERRED
            return inner.follow(going)

        return generator_call

    def wrap_state(original: Any) -> Any:
        def create(breaker: Any, new_state: Any, prev_state: Any = None, notify: bool = False) -> Any:
            created = original(breaker, new_state, prev_state, notify)
            strategy = getattr(breaker, "fusebox", None)
            if notify and strategy is not None and strategy.breaker is not None:
                quietly(follow, strategy.breaker, breaker, new_state, prev_state)
            return created

        return create

    wrap(breaker_class, "__init__", wrap_init)
    wrap(breaker_class, "call", wrap_call)
    wrap(breaker_class, "call_async", wrap_call_async if is_async else wrap_tornado)
    wrap(breaker_class, "_create_new_state", wrap_state)
    wrap(opened, "call", wrap_open)
    if is_async:
        wrap(opened, "call_async", wrap_open)
    watch_exclusions(breaker_class)
    wrap(base, "_handle_error", wrap_error)
    wrap(base, "generator_call", wrap_generator)


def _reason(breaker: Any, to: str, before: Any, timeout: Any) -> "tuple[str, str, Optional[float]]":
    was_half_open = "HalfOpen" in type(before).__name__
    if to == "open":
        failures = breaker.fail_counter
        # With fewer failures, the program or the storage's fallback opened it.
        why = f"{failures} consecutive failures" if failures >= breaker.fail_max else "opened"
        return to, "the probe failed" if was_half_open else why, timeout(breaker)
    if to == "half_open":
        return to, "time to probe", None
    return to, "the probe succeeded" if was_half_open else "closed", None
