"""Reports the retries and circuit breakers of a Python program to fusebox, and runs operators' commands.

``fusebox_agent.install()`` hooks tenacity, stamina, backoff, pybreaker, aiobreaker, circuitbreaker, purgatory, httpx,
openai, anthropic and litellm, whether they are imported before or after it. ``python -m fusebox_agent agent.py`` does
this for an unchanged program.
"""

from ._api import Held, call, install, installed, strategy, uninstall
from ._limit import Limit, Refused
from ._version import VERSION as __version__

__all__ = [
    "Held", "Limit", "Refused", "__version__", "call", "install", "installed", "strategy", "uninstall",
]
