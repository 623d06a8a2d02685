"""Hooks the nodes of langgraph that have a ``RetryPolicy``: counts their attempts; operators can limit them.

A node whose error says that a host is held is not tried again.
"""

from __future__ import annotations

import dataclasses
import sys
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Optional, Tuple

from .._gate import is_held
from .._meter import CANCELLED
from .._patch import quietly, wrap
from .attempts import MOST_OF_PROGRAM, retried
from .retried import Retried

if TYPE_CHECKING:
    from .._agent import Agent

_run: "ContextVar[Optional[Retried]]" = ContextVar("fusebox_run", default=None)


def hook(agent: "Agent", module: Any) -> None:
    errors = sys.modules["langgraph.errors"]

    def begin(task: Any, policies: Any) -> Tuple[Optional[Retried], Any]:
        """Begins a run. Returns it with the task, whose policies have the pinned limit; no run without a policy."""
        policies = task.retry_policy or policies
        if not policies:
            return None, task
        own = max(policy.max_attempts for policy in policies)
        name = f"langgraph/{task.name}"
        strategy = retried(agent, name, None, own, "langgraph", MOST_OF_PROGRAM)
        pinned = strategy.pinned("max_attempts")
        if pinned is not None:
            limited = [policy._replace(max_attempts=int(pinned)) for policy in policies]
            task = dataclasses.replace(task, retry_policy=limited)
        return Retried(strategy), task

    def finish(run: Optional[Retried], error: Optional[BaseException]) -> None:
        if run is None:
            return
        if isinstance(error, errors.ParentCommand):  # The node has chosen the next one.
            run.over(None)
        elif isinstance(error, errors.GraphBubbleUp):  # Interrupted: the node runs again later.
            run.end(CANCELLED)
        else:
            run.over(error)

    def wrap_run(original: Any) -> Any:
        def run_with_retry(task: Any, retry_policy: Any, *arguments: Any, **named: Any) -> Any:
            run, task = quietly(begin, task, retry_policy) or (None, task)
            token = _run.set(run)
            error: Optional[BaseException] = None
            try:
                return original(task, retry_policy, *arguments, **named)
            except BaseException as raised:
                error = raised
                raise
            finally:
                _run.reset(token)
                quietly(finish, run, error)

        return run_with_retry

    def wrap_async_run(original: Any) -> Any:
        async def arun_with_retry(task: Any, retry_policy: Any, *arguments: Any, **named: Any) -> Any:
            run, task = quietly(begin, task, retry_policy) or (None, task)
            token = _run.set(run)
            error: Optional[BaseException] = None
            try:
                return await original(task, retry_policy, *arguments, **named)
            except BaseException as raised:
                error = raised
                raise
            finally:
                _run.reset(token)
                quietly(finish, run, error)

        return arun_with_retry

    def wrap_decision(original: Any) -> Any:
        def should_retry(policy: Any, error: Any) -> Any:
            run = _run.get()
            if run is None:
                return original(policy, error)
            if is_held(error, run.start):
                return False
            quietly(run.failed, error)
            result = original(policy, error)
            if result:
                run.waits()
            return result

        return should_retry

    wrap(module, "run_with_retry", wrap_run)
    wrap(module, "arun_with_retry", wrap_async_run)
    wrap(sys.modules["langgraph.pregel._retry"], "_should_retry_on", wrap_decision)
