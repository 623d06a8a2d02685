"""Hooks the sessions of mcp clients: each tool of a server is a strategy that an operator can hold open.

If the host of a server is held, the call ends and the session goes on. An error of the transport would end the session.
"""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING, Any, Dict, Optional, Union

from .._gate import Gate, held_error
from .._patch import quietly, wrap
from .._strategy import Call
from .gated import enter, finish
from .held import HeldErrors

if TYPE_CHECKING:
    from .._agent import Agent

ERRORS = "mcp.shared.exceptions"
"""The module with the error that a session raises."""
CLOSED = -32_000
"""The code of the error under a hold: that of a closed connection."""
MARK = os.urandom(16).hex()
"""The data of an answer that the transport gives instead of a server whose host is held. No server can send it."""
TOOL_ERROR = "ToolError"
"""The error name of an answer that says that the tool failed."""


def _methods(library: Any) -> Dict[str, Any]:
    def initialise(error: Any, words: str) -> None:
        if hasattr(library, "MCPError"):
            library.MCPError.__init__(error, CLOSED, words)
        else:
            data = importlib.import_module("mcp.types").ErrorData
            library.McpError.__init__(error, data(code=CLOSED, message=words))

    return {"__init__": initialise, "__reduce__": lambda error: (_make_held, (error.error.message,))}


HELD = HeldErrors(__name__, {ERRORS: "MCPHeld"}, ("MCPError", "McpError"), _methods)

__getattr__ = HELD.attribute


def _make_held(words: str) -> Any:
    return HELD.of(importlib.import_module(ERRORS))(words)


def hook(agent: "Agent", module: Any) -> None:
    def begin(session: Any, name: str) -> Union[Call, str]:
        """Begins a call of a tool. Returns the message if it is rejected."""
        server = _server(session)
        s = f"mcp/{server}/{name}" if server else f"mcp/{name}"
        strategy = agent.strategies.get(s) or agent.strategy(s, "tool", server, None, Gate(), "mcp")
        return enter(strategy, Call)

    def translated(error: BaseException) -> Any:
        """The error under a hold for one with the mark; ``None`` for other errors."""
        data = getattr(error, "error", None)
        return _make_held(data.message) if data is not None and data.data == MARK else None

    def answered(call: Call, result: Any) -> None:
        is_error = getattr(result, "is_error", None) or getattr(result, "isError", None)
        finish(call, TOOL_ERROR if is_error else None)

    def wrap_call(original: Any) -> Any:
        async def call_tool(session: Any, name: str, *arguments: Any, **named: Any) -> Any:
            call = quietly(begin, session, name)
            if call is None:
                return await original(session, name, *arguments, **named)
            if isinstance(call, str):
                raise _make_held(call)
            try:
                result = await original(session, name, *arguments, **named)
            except BaseException as error:
                raised = quietly(translated, error) or error
                quietly(finish, call, raised)
                if raised is error:
                    raise
                raise raised from error
            quietly(answered, call, result)
            return result

        return call_tool

    def wrap_initialize(original: Any) -> Any:
        async def initialize(session: Any, *arguments: Any, **named: Any) -> Any:
            result = await original(session, *arguments, **named)
            session.fusebox_server = getattr(result, "serverInfo", None)
            return result

        return initialize

    wrap(module.ClientSession, "call_tool", wrap_call)
    if not hasattr(module.ClientSession, "server_info"):  # Before 2.0, a session does not keep it.
        wrap(module.ClientSession, "initialize", wrap_initialize)


def hook_http(agent: "Agent", module: Any) -> None:
    """Hooks the transport over HTTP: a request to a held host is answered by an error."""
    types = importlib.import_module("mcp.types")

    def wrap_request(original: Any) -> Any:
        async def handle_post_request(transport: Any, context: Any) -> None:
            try:
                await original(transport, context)
            except Exception as error:
                held = held_error(error)
                if held is None:
                    raise
                answer = quietly(answer_of, context.session_message.message, str(held))
                if answer is not None:  # A notification has none.
                    await context.read_stream_writer.send(answer)

        return handle_post_request

    def answer_of(message: Any, words: str) -> Any:
        request = getattr(message, "root", message)  # Before 2.0, a message has a root.
        if not isinstance(request, types.JSONRPCRequest):
            return None
        error = types.ErrorData(code=CLOSED, message=words, data=MARK)
        answer = types.JSONRPCError(jsonrpc="2.0", id=request.id, error=error)
        return module.SessionMessage(answer if request is message else types.JSONRPCMessage(answer))

    wrap(module.StreamableHTTPTransport, "_handle_post_request", wrap_request)


def _server(session: Any) -> Optional[str]:
    """The name of the server, if it is known."""
    info = getattr(session, "server_info", None) or getattr(session, "fusebox_server", None)
    name = getattr(info, "name", None)
    return name if isinstance(name, str) and name else None
