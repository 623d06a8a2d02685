"""Hooks the tasks of celery: each execution is a call with the number of its retry; operators can limit retries.

A retry is another message, and often another process. Acknowledgements are not changed.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Optional

from .._limit import Limit
from .._meter import CANCELLED
from .._patch import quietly, wrap, wrap_everywhere
from .._strategy import Call
from .attempts import MOST_OF_PROGRAM
from .gated import finish

if TYPE_CHECKING:
    from .._agent import Agent

MAX_RETRIES = 6
"""The position of ``max_retries`` in the arguments of ``Task.retry``."""


def hook(agent: "Agent", module: Any) -> None:
    exceptions = sys.modules["celery.exceptions"]

    def begin(name: str, task: Any, request: Any) -> Call:
        s = f"celery/{name}"
        strategy = agent.strategies.get(s)
        if strategy is None:
            own = None if task.max_retries is None else int(task.max_retries) + 1
            limit = Limit(
                MOST_OF_PROGRAM if own is None else own, minimum=1, maximum=max(MOST_OF_PROGRAM, own or 0),
                unit="attempts", why="" if own else "the program sets no limit of attempts",
            )
            strategy = agent.strategy(s, "retry", None, {"max_attempts": limit}, None, "celery")
        call = Call(strategy)
        call.retry_number = int((request or {}).get("retries") or 0)
        return call

    def ended(call: Call, result: Any) -> None:
        """Ends a call with what the task's tracer returned."""
        info = result.info
        over(call, None if info is None else info.retval)

    def over(call: Call, error: Any) -> None:
        if isinstance(error, exceptions.Retry):
            finish(call, error.exc or "Retry")
        elif isinstance(error, (exceptions.Ignore, exceptions.Reject)):
            call.end(CANCELLED)
        else:
            finish(call, error)

    def wrap_build(original: Any) -> Any:
        def build_tracer(name: str, task: Any, *arguments: Any, **named: Any) -> Any:
            tracer = original(name, task, *arguments, **named)

            def trace_task(uuid: Any, args: Any, kwargs: Any, request: Any = None) -> Any:
                call = quietly(begin, name, task, request)
                if call is None:
                    return tracer(uuid, args, kwargs, request)
                try:
                    result = tracer(uuid, args, kwargs, request)
                except BaseException as error:
                    quietly(over, call, error)
                    raise
                quietly(ended, call, result)
                return result

            return trace_task

        return build_tracer

    def most_retries(task: Any) -> Optional[int]:
        """An operator's limit of retries."""
        strategy = agent.strategies.get(f"celery/{task.name}")
        pinned = None if strategy is None else strategy.pinned("max_attempts")
        return None if pinned is None else int(pinned) - 1

    def wrap_retry(original: Any) -> Any:
        def retry(task: Any, *arguments: Any, **named: Any) -> Any:
            most = quietly(most_retries, task)
            if most is None:
                return original(task, *arguments, **named)
            if len(arguments) > MAX_RETRIES:
                arguments = (*arguments[:MAX_RETRIES], most, *arguments[MAX_RETRIES + 1:])
            else:
                named["max_retries"] = most
            before = {key: value for key, value in vars(task).items() if key == "override_max_retries"}
            try:
                return original(task, *arguments, **named)
            finally:  # The library keeps the limit for later executions.
                vars(task).pop("override_max_retries", None)
                vars(task).update(before)

        return retry

    wrap_everywhere(module, "build_tracer", wrap_build)
    wrap(sys.modules["celery.app.task"].Task, "retry", wrap_retry)
