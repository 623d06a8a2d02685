"""Hooks the function tools of pydantic-ai: each tool is a strategy. A call has the number of the model's retry."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from .._meter import CANCELLED
from .._patch import quietly, wrap
from .._strategy import Call

if TYPE_CHECKING:
    from .._agent import Agent


def hook(agent: "Agent", module: Any) -> None:
    exceptions = sys.modules["pydantic_ai.exceptions"]
    waits = (exceptions.CallDeferred, exceptions.ApprovalRequired)
    """The errors of a tool that is run later."""

    def begin(name: str, context: Any) -> Call:
        s = f"pydantic-ai/{name}"
        call = Call(agent.strategies.get(s) or agent.strategy(s, "tool", None, None, None, "pydantic-ai"))
        call.retry_number = int(context.retry)
        return call

    def failed(call: Call, error: BaseException) -> None:
        if isinstance(error, waits):
            call.end(CANCELLED)
        else:
            call.finish(error)

    def wrap_call(original: Any) -> Any:
        async def call_tool(toolset: Any, name: Any, tool_args: Any, ctx: Any, tool: Any) -> Any:
            call = quietly(begin, name, ctx)
            if call is None:
                return await original(toolset, name, tool_args, ctx, tool)
            try:
                result = await original(toolset, name, tool_args, ctx, tool)
            except BaseException as error:
                quietly(failed, call, error)
                raise
            quietly(call.finish, None)
            return result

        return call_tool

    wrap(module.FunctionToolset, "call_tool", wrap_call)
