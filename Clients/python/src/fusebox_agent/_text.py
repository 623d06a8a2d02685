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


WRAPPERS = (
    "openai", "anthropic", "cerebras", "fireworks", "groq", "perplexity", "sambanova", "together", "writerai",
    "litellm",
)
"""The libraries that raise errors of their own for those of the HTTP client below them."""


def error_name(error: BaseException) -> str:
    """The name that an error is counted under: its or its response's HTTP status, else its type.

    An error that a library raised because of another one has the name of its cause, so that one cause has one name.
    """
    status = getattr(error, "status_code", None)
    if status is None:
        status = getattr(getattr(error, "response", None), "status_code", None)
    if isinstance(status, int) and not isinstance(status, bool):
        return f"HTTP {status}"
    cause = error.__cause__
    if cause is not None and type(error).__module__.partition(".")[0] in WRAPPERS:
        return error_name(cause)
    found = type(error).__name__
    return "TimeoutError" if found == "CancelledError" else name(found, "Error")
