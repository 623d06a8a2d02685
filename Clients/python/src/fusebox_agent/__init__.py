"""Reports the retries and circuit breakers of a Python program to fusebox, and runs operators' commands.

``fusebox_agent.install()`` hooks HTTP clients, clients of model providers, and libraries of retries and breakers, whether
they are imported before or after it; the README has their table. ``python -m fusebox_agent agent.py`` and
``fusebox-agent run COMMAND`` do this for an unchanged program and its child processes.
"""

from ._version import VERSION as __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._api import Held, call, install, installed, strategy, uninstall
    from ._limit import Limit, Refused
else:
    # The functions are loaded when they are used: this module also runs at the start of every child process.
    def __getattr__(name):
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from . import _api, _limit

        for module in (_api, _limit):
            for public in __all__:
                if hasattr(module, public):
                    globals()[public] = getattr(module, public)
        return globals()[name]

    def __dir__():
        return sorted({*globals(), *__all__})


__all__ = [
    "Held", "Limit", "Refused", "__version__", "call", "install", "installed", "strategy", "uninstall",
]
