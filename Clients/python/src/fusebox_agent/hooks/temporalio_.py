"""Hooks the activities of temporalio's workers: each execution is a call with the number of its retry.

The server decides on retries. A retry is another execution, often in another process.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from .._patch import quietly, wrap
from .._strategy import Call
from .gated import finish

if TYPE_CHECKING:
    from .._agent import Agent


def hook(agent: "Agent", module: Any) -> None:
    activity = sys.modules["temporalio.activity"]

    def begin() -> Call:
        info = activity.info()
        s = f"temporalio/{info.activity_type}"
        call = Call(agent.strategies.get(s) or agent.strategy(s, "retry", info.task_queue, None, None, "temporalio"))
        call.retry_number = max(0, info.attempt - 1)
        return call

    def wrap_execution(original: Any) -> Any:
        async def execute_activity(inbound: Any, execution: Any) -> Any:
            call = quietly(begin)
            if call is None:
                return await original(inbound, execution)
            try:
                result = await original(inbound, execution)
            except BaseException as error:  # One that is completed elsewhere ends by an error that is no Exception.
                quietly(finish, call, error)
                raise
            quietly(finish, call, None)
            return result

        return execute_activity

    wrap(module._ActivityInboundImpl, "execute_activity", wrap_execution)
