"""Shows an agent's retries and circuit breakers to fusebox, and lets its operators act on them.

``fusebox_agent.install()`` is all that it takes: what is imported before or after, of tenacity, stamina,
backoff, pybreaker, aiobreaker, circuitbreaker, purgatory, httpx, openai, anthropic and litellm, is seen and can be
controlled. Or no line at all: ``python -m fusebox_agent agent.py``.
"""

from ._api import Held, call, install, installed, strategy, uninstall
from ._limit import Limit, Refused
from ._version import VERSION as __version__

__all__ = [
    "Held", "Limit", "Refused", "__version__", "call", "install", "installed", "strategy", "uninstall",
]
