"""Names and texts within the bounds of the protocol."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional


def clip(text: str, limit: int = 128) -> str:
    """Shortens a text to at most ``limit`` bytes of UTF-8, at a character boundary."""
    if len(text) <= limit and text.isascii():
        return text
    data = text.encode("utf-8", "replace")
    return data[:limit].decode("utf-8", "ignore")


def name(text: object, otherwise: str) -> str:
    """Returns a name of 1 to 128 bytes; ``otherwise`` if the text is empty."""
    return clip(str(text)) or otherwise


def agent_name(text: str) -> str:
    """Returns an agent name that an address can select.

    It has no ``:`` or ``@``, is not blank, is not ``*`` (all agents), and does not end with ``/*`` (all of a hub).
    """
    cleaned = name(text.replace(":", "_").replace("@", "_"), "python")
    if cleaned == "*" or cleaned.isspace():
        return "python"
    return cleaned[:-1] + "_" if cleaned.endswith("/*") else cleaned


WRAPPERS = (
    "openai", "anthropic", "cerebras", "fireworks", "groq", "perplexity", "sambanova", "together", "writerai",
    "litellm",
)
"""The libraries that raise errors of their own for those of the HTTP client below them."""
CLIENTS = ("urllib3", "requests", "botocore", "aiohttp")
"""HTTP clients whose errors have the names of httpx here, so that one cause has one name."""
SAME = {
    "NewConnectionError": "ConnectError", "NameResolutionError": "ConnectError",
    "EndpointConnectionError": "ConnectError", "ConnectTimeoutError": "ConnectTimeout", "ReadTimeoutError": "ReadTimeout",
    "ProtocolError": "RemoteProtocolError", "IncompleteRead": "RemoteProtocolError",
    "ConnectionClosedError": "RemoteProtocolError", "ChunkedEncodingError": "RemoteProtocolError",
    "ResponseStreamingError": "RemoteProtocolError",
    "ClientConnectorError": "ConnectError", "ClientConnectorDNSError": "ConnectError",
    "ConnectionTimeoutError": "ConnectTimeout", "SocketTimeoutError": "ReadTimeout",
    "ServerDisconnectedError": "RemoteProtocolError", "ClientPayloadError": "RemoteProtocolError",
}
"""The names of httpx for the errors of the other clients."""


def error_name(error: BaseException) -> str:
    """The name that an error is counted under: its or its response's HTTP status, its status code in gRPC, or its type.

    An error that a library raised because of another one has the name of its cause, so that one cause has one name.
    """
    status = _status(error)
    if status is not None:
        return f"HTTP {status}"
    library = type(error).__module__.partition(".")[0]
    if library == "grpc":
        code = getattr(error, "code", None)
        if callable(code):
            return name(getattr(code(), "name", None) or type(error).__name__, "Error")
    found = type(error).__name__
    if library in CLIENTS:
        response = getattr(error, "response", None)
        if isinstance(response, dict):  # botocore's errors have the code of the service.
            return name((response.get("Error") or {}).get("Code") or "", found)
        # urllib3 and requests put an error into another one.
        inner = getattr(error, "reason", None) or next(iter(error.args), None)
        if found in ("MaxRetryError", "ConnectionError", "RetryError") and isinstance(inner, BaseException):
            return error_name(inner)
        found = SAME.get(found, found)
    cause = error.__cause__
    if cause is not None and library in WRAPPERS:
        return error_name(cause)
    return "TimeoutError" if found == "CancelledError" else name(found, "Error")


def _status(error: BaseException) -> Optional[int]:
    """The HTTP status of an error, or of its response."""
    response = getattr(error, "response", None)
    status = getattr(error, "status_code", None)
    if status is None:
        status = getattr(response, "status_code", None)
    if status is None:  # The name in aiohttp. An error with a cause comes from a response that could not be read.
        own = getattr(error, "status", None) if error.__cause__ is None else None
        status = next((x for x in (own, getattr(response, "status", None)) if isinstance(x, int) and x >= 400), None)
    return status if isinstance(status, int) and not isinstance(status, bool) else None
