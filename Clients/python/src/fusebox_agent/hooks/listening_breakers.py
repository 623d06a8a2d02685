"""Hooks pybreaker and its fork aiobreaker: reports states, outcomes and rejections; operators can open, reset, probe
and set ``fail_max``.

pybreaker holds its lock for the whole call. Commands never take this lock: the hold is checked before the breaker, and
the state is set in the storage, where the library expects changes by other processes.
"""

from __future__ import annotations

import datetime
import time
from typing import TYPE_CHECKING, Any, Optional

from .._breaker import Breaker
from .._meter import REJECTED
from .._patch import quietly, wrap
from .._strategy import Strategy
from .library_breaker import STATES, Passage, attach, passage, passages, place_of_creation

if TYPE_CHECKING:
    from .._agent import Agent


def hook(agent: "Agent", module: Any) -> None:
    library = module.__name__
    is_async = library == "aiobreaker"
    if is_async:
        base = module.state.CircuitBreakerBaseState
        closed, half_open = module.state.CircuitBreakerState.CLOSED, module.state.CircuitBreakerState.HALF_OPEN
    else:
        base = module.CircuitBreakerState
        closed, half_open = module.STATE_CLOSED, module.STATE_HALF_OPEN
    breaker_class = module.CircuitBreaker

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
        if behind is not None:
            behind.state = word(breaker.current_state)
            behind.facts = {
                "trip": f"{breaker.fail_max} consecutive failures",
                "open_ms": round(timeout(breaker) * 1000), "half_open_calls": 1,
            }
        breaker.fusebox = strategy
        return strategy

    def held_error(strategy: Strategy) -> Exception:
        words = "held open by an operator, through fusebox"
        if not is_async:
            return module.CircuitBreakerError(words)  # type: ignore[no-any-return]
        until = strategy.breaker.until if strategy.breaker else None
        seconds = 3600.0 if until is None else max(0.0, until - time.monotonic())
        reopens = datetime.datetime.now() + datetime.timedelta(seconds=seconds)
        return module.CircuitBreakerError(words, reopens)  # type: ignore[no-any-return]

    def enter(breaker: Any, func: Any) -> Optional[Passage]:
        """Begins a call; ``None`` if the breaker calls itself for a call that has begun."""
        inner = passage(breaker)
        if inner is not None and not inner.has_started:
            return None
        # Only aiobreaker sets this attribute. With pybreaker, a mock that has any attribute is a normal function.
        if is_async and getattr(func, "_ignore_on_call", False):
            return None
        return Passage(breaker, shown(breaker).begin())

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
            refusal = quietly(refuse, breaker)
            if refusal is not None:
                raise refusal
            entered = quietly(enter, breaker, func)
            if entered is None:
                return original(breaker, func, *arguments, **named)
            token = passages.set((*passages.get(), entered))
            try:
                result = original(breaker, func, *arguments, **named)
            except BaseException as error:
                quietly(entered.finish, error)
                raise
            finally:
                passages.reset(token)
            if not entered.is_deferred:
                quietly(entered.finish, None)
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
                quietly(entered.finish, error)
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

    def starts(original: Any) -> Any:
        def call(state: Any, *arguments: Any, **named: Any) -> Any:
            inner = passage(state._breaker)
            if inner is not None:
                inner.has_started = True
            return original(state, *arguments, **named)

        return call

    def wrap_error(original: Any) -> Any:
        def handle_error(state: Any, *arguments: Any, **named: Any) -> Any:
            inner = passage(state._breaker)
            if inner is not None:
                inner.error = next((a for a in arguments if isinstance(a, BaseException)), None)
                inner.is_failure = True
            return original(state, *arguments, **named)

        return handle_error

    def wrap_success(original: Any) -> Any:
        def handle_success(state: Any) -> Any:
            # The library also handles an excluded error as a success.
            inner = passage(state._breaker)
            if inner is not None:
                inner.is_failure = False
            return original(state)

        return handle_success

    def wrap_generator(original: Any) -> Any:
        def generator_call(state: Any, generator: Any) -> Any:
            inner = passage(state._breaker)
            going = original(state, generator)
            if inner is None:
                return going
            inner.is_deferred = True
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
    wrap(base, "call", starts)
    if is_async:
        wrap(base, "call_async", starts)
    wrap(base, "_handle_error", wrap_error)
    wrap(base, "_handle_success", wrap_success)
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
