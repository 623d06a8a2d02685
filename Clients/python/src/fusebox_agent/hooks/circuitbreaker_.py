"""Hooks circuitbreaker: reports states, outcomes and rejections; operators can open, reset, probe and set the
failure threshold.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any, Optional

from .._counts import REJECTED
from .._patch import quietly, wrap, wrap_getter
from .._strategy import Strategy
from .library_breaker import (
    EXCLUDED, FAILURE, STATES, Passage, attach, begin_passage, passage, passages, place_of_creation)

if TYPE_CHECKING:
    from .._agent import Agent


def _close(breaker: Any) -> None:
    breaker._state, breaker._last_failure, breaker._failure_count = "closed", None, 0


def _half_open(breaker: Any) -> None:
    """Moves the opening time back: the library is half-open after its recovery timeout."""
    breaker._opened = monotonic() - breaker._recovery_timeout - 1
    breaker._state = "open"


def hook(agent: "Agent", module: Any) -> None:
    def shown(breaker: Any) -> Strategy:
        strategy: Optional[Strategy] = breaker.__dict__.get("fusebox")
        if strategy is not None:
            return strategy
        name = breaker._name or place_of_creation(("circuitbreaker", "fusebox_agent", "contextlib"))
        strategy = attach(
            agent, "circuitbreaker", breaker, name, "_failure_threshold", _close, _half_open
        )
        if strategy.breaker is not None:
            strategy.breaker.facts = {
                "trip": f"{breaker._failure_threshold} consecutive failures",
                "open_ms": round(breaker._recovery_timeout * 1000), "half_open_calls": 1,
            }
        breaker.fusebox = strategy
        return strategy

    def held(breaker: Any) -> bool:
        strategy: Optional[Strategy] = breaker.__dict__.get("fusebox")
        return strategy is not None and strategy.breaker is not None and strategy.breaker.held

    def follow(breaker: Any) -> None:
        """Reports the current state."""
        behind = shown(breaker).breaker
        if behind is None:
            return
        was, state = behind.state, STATES[breaker.state]
        if state == "open":
            why = "the probe failed" if was == "half_open" else f"{breaker._failure_count} consecutive failures"
            behind.follow(state, why, breaker._recovery_timeout)
        elif state == "half_open":
            behind.follow(state, "time to probe")
        else:
            behind.follow(state, "the probe succeeded" if was == "half_open" else "closed")

    def begin(breaker: Any) -> None:
        follow(breaker)
        entered = begin_passage(shown(breaker), breaker)
        passages.set((*passages.get(), entered))

    def finish(breaker: Any, entered: Passage, error: Optional[BaseException]) -> None:
        if error is not None:
            entered.handled(error, FAILURE if breaker._last_failure is error else EXCLUDED)
        entered.leave(error)
        follow(breaker)

    def wrap_opened(original: Any) -> Any:
        return lambda breaker: held(breaker) or original(breaker)

    def wrap_enter(original: Any) -> Any:
        def enter(breaker: Any) -> Any:
            if held(breaker):
                raise module.CircuitBreakerError(breaker)
            quietly(begin, breaker)
            return original(breaker)

        return enter

    def wrap_exit(original: Any) -> Any:
        def leave(breaker: Any, kind: Any, error: Any, traceback: Any) -> Any:
            entered = passage(breaker)
            if entered is None:
                return original(breaker, kind, error, traceback)
            passages.set(tuple(p for p in passages.get() if p is not entered))
            try:
                return original(breaker, kind, error, traceback)
            finally:
                quietly(finish, breaker, entered, error)

        return leave

    def reject(breaker: Any, source: Optional[str]) -> None:
        shown(breaker).begin().end(REJECTED, source)

    def wrap_error(original: Any) -> Any:
        def init(error: Any, breaker: Any, *arguments: Any, **named: Any) -> None:
            original(error, breaker, *arguments, **named)
            quietly(reject, breaker, None)

        return init

    def wrap_fallback(original: Any) -> Any:
        def fallback(breaker: Any) -> Any:
            function = original(breaker)
            if function is None or not breaker.opened:
                return function

            def instead(*arguments: Any, **named: Any) -> Any:
                quietly(reject, breaker, "fallback")
                return function(*arguments, **named)

            return instead

        return fallback

    def wrap_reset(original: Any) -> Any:
        def reset(breaker: Any) -> Any:
            result = original(breaker)
            if breaker.__dict__.get("fusebox") is not None:
                quietly(follow, breaker)
            return result

        return reset

    def wrap_decorate(original: Any) -> Any:
        def decorate(breaker: Any, function: Any) -> Any:
            decorated = original(breaker, function)
            quietly(shown, breaker)
            return decorated

        return decorate

    breaker_class = module.CircuitBreaker
    wrap(breaker_class, "decorate", wrap_decorate)
    wrap(breaker_class, "__enter__", wrap_enter)
    wrap(breaker_class, "__exit__", wrap_exit)
    wrap(breaker_class, "reset", wrap_reset)
    wrap_getter(breaker_class, "opened", wrap_opened)
    wrap_getter(breaker_class, "fallback_function", wrap_fallback)
    wrap(module.CircuitBreakerError, "__init__", wrap_error)
