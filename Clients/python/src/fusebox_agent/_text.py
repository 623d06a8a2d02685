"""Names and words as the protocol takes them."""

from __future__ import annotations


def clip(text: str, limit: int = 128) -> str:
    """At most so many bytes of UTF-8, never half a character."""
    data = text.encode("utf-8", "replace")
    return data[:limit].decode("utf-8", "ignore")


def name(text: object, otherwise: str) -> str:
    """A name of 1 to 128 bytes; what cannot be one is the other."""
    return clip(str(text)) or otherwise


def agent_name(text: str) -> str:
    """A name of an agent that an address can mean: neither ``:`` nor ``@``, and not ``*``, which stands for
    all; nor with ``/*`` at its end, which stands for all of a hub, nor without a visible character."""
    cleaned = name(text.replace(":", "_").replace("@", "_"), "python")
    if cleaned == "*" or cleaned.isspace():
        return "python"
    return cleaned[:-1] + "_" if cleaned.endswith("/*") else cleaned


def error_name(error: BaseException) -> str:
    """What an error is counted as: its HTTP status where it or its response has one, else its type."""
    status = getattr(error, "status_code", None)
    if status is None:
        status = getattr(getattr(error, "response", None), "status_code", None)
    if isinstance(status, int) and not isinstance(status, bool):
        return f"HTTP {status}"
    return name(type(error).__name__, "Error")
