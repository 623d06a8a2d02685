"""Names and texts within the bounds of the protocol."""

from __future__ import annotations


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


WRAPPERS = ("openai", "anthropic", "litellm")
"""The libraries that raise errors of their own for those of the HTTP client below them."""
CLIENTS = ("urllib3", "requests", "botocore", "aiohttp")
"""HTTP clients whose errors have the names of httpx here, so that one cause has one name."""
SAME = {
    "NewConnectionError": "ConnectError", "NameResolutionError": "ConnectError",
    "EndpointConnectionError": "ConnectError", "ConnectTimeoutError": "ConnectTimeout", "ReadTimeoutError": "ReadTimeout",
    "ProtocolError": "RemoteProtocolError", "IncompleteRead": "RemoteProtocolError",
    "ConnectionClosedError": "RemoteProtocolError", "ChunkedEncodingError": "RemoteProtocolError",
    "ResponseStreamingError": "RemoteProtocolError",
}
"""The names of httpx for the errors of the other clients."""


def error_name(error: BaseException) -> str:
    """The name that an error is counted under: its or its response's HTTP status, else its type.

    An error that a library raised because of another one has the name of its cause, so that one cause has one name.
    """
    response = getattr(error, "response", None)
    status = getattr(error, "status_code", None)
    if status is None:
        status = getattr(response, "status_code", None)
    if isinstance(status, int) and not isinstance(status, bool):
        return f"HTTP {status}"
    library = type(error).__module__.partition(".")[0]
    found = type(error).__name__
    if library in CLIENTS:
        if isinstance(response, dict):  # botocore's errors have the code of the service.
            return name(response.get("Error", {}).get("Code"), found)
        # urllib3 and requests put an error into another one.
        inner = getattr(error, "reason", None) or next(iter(error.args), None)
        if found in ("MaxRetryError", "ConnectionError", "RetryError") and isinstance(inner, BaseException):
            return error_name(inner)
        found = SAME.get(found, found)
    cause = error.__cause__
    if cause is not None and library in WRAPPERS:
        return error_name(cause)
    return "TimeoutError" if found == "CancelledError" else name(found, "Error")
