"""Hooks purgatory: reports states, outcomes and rejections; operators can open, reset, probe and set the failure
threshold.

A circuit may be read from a store for each call, so commands take effect when the next call enters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict

from .._breaker import Breaker
from .._counts import REJECTED
from .._limit import Limit
from .._patch import quietly, wrap
from .._strategy import Strategy
from .library_breaker import EXCLUDED, FAILURE, REFUSED, STATES, Passage, begin_passage, passage, passages

if TYPE_CHECKING:
    from .._agent import Agent


class _Circuit(Breaker):
    """The breaker of a circuit name, with the state that an operator requested."""

    def __init__(self) -> None:
        super().__init__(lambda: self._want("closed"), lambda: self._want("half_open"))
        self.wanted = ""

    def _want(self, state: str) -> None:
        self.wanted = state


def hook(agent: "Agent", module: Any) -> None:
    model = module.domain.model
    strategies: Dict[str, Strategy] = {}

    def shown(context: Any) -> Strategy:
        strategy = strategies.get(context.name)
        if strategy is not None:
            return strategy
        own = int(context.threshold)
        limits = {"failure_threshold": Limit(own, minimum=1, maximum=max(100, own), unit="failures")}
        circuit = _Circuit()
        circuit.facts = {
            "trip": f"{own} consecutive failures", "open_ms": round(context.ttl * 1000), "half_open_calls": 1,
        }
        strategy = agent.strategy(context.name, "breaker", None, limits, circuit, "purgatory")
        if len(strategies) < 1_000:
            strategies[context.name] = strategy
        return strategy

    def begin(context: Any) -> "Passage | None":
        """Begins a call; ``None`` if an operator holds the circuit open."""
        strategy = shown(context)
        circuit = strategy.breaker
        if circuit is not None and circuit.held:
            strategy.begin().end(REJECTED)
            return None
        entered = begin_passage(strategy, context)
        entered.verdict = REFUSED
        if isinstance(circuit, _Circuit) and circuit.wanted:
            wanted, circuit.wanted = circuit.wanted, ""
            context.set_state(model.ClosedState() if wanted == "closed" else model.HalfOpenedState())
        if strategy.limits:
            context.threshold = int(strategy.limits["failure_threshold"].value)
        return entered

    def is_held(context: Any) -> bool:
        circuit = shown(context).breaker
        return circuit is not None and circuit.held

    def leave_passage(context: Any) -> "Passage | None":
        entered = passage(context)
        if entered is not None:
            passages.set(tuple(p for p in passages.get() if p is not entered))
        return entered

    def wrap_enter(original: Any) -> Any:
        def enter(context: Any) -> Any:
            held = quietly(is_held, context)
            entered = quietly(begin, context)
            if held:
                raise model.OpenedState(context.name)
            if entered is None:
                return original(context)
            passages.set((*passages.get(), entered))
            try:
                result = original(context)
            except BaseException as error:
                leave_passage(context)
                quietly(entered.leave, error)
                raise
            entered.verdict = None
            return result

        return enter

    def finish(context: Any, entered: Passage, state: str, told: int, error: Any) -> None:
        if error is not None:
            has_failed = context.state != state or any(
                type(message).__name__ == "CircuitBreakerFailed" for message in context.messages[told:]
            )
            entered.handled(error, FAILURE if has_failed else EXCLUDED)
        entered.leave(error)

    def wrap_exit(original: Any) -> Any:
        def leave(context: Any, kind: Any, error: Any, traceback: Any) -> Any:
            entered = leave_passage(context)
            state, told = context.state, len(context.messages)
            try:
                return original(context, kind, error, traceback)
            finally:
                if entered is not None:
                    quietly(finish, context, entered, state, told, error)

        return leave

    def follow(context: Any, was: str) -> None:
        circuit = shown(context).breaker
        to = STATES[context.state]
        if circuit is None:
            return
        if to == "open":
            why = "the probe failed" if was == "half_open" else f"{context.threshold} consecutive failures"
            circuit.follow(to, why, float(context.ttl))
        elif to == "half_open":
            circuit.follow(to, "time to probe")
        else:
            circuit.follow(to, "the probe succeeded" if was == "half_open" else "closed")

    def wrap_state(original: Any) -> Any:
        def set_state(context: Any, state: Any) -> Any:
            was = STATES.get(context.state, "")
            result = original(context, state)
            quietly(follow, context, was)
            return result

        return set_state

    wrap(model.Context, "__enter__", wrap_enter)
    wrap(model.Context, "__exit__", wrap_exit)
    wrap(model.Context, "set_state", wrap_state)
