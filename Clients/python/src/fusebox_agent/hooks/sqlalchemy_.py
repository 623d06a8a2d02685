"""Hooks the engines of SQLAlchemy: each connection that is taken from the pool is a call, so time-outs are failures."""

from __future__ import annotations

import os
import weakref
from typing import TYPE_CHECKING, Any

from .._patch import quietly, wrap
from .._strategy import Call, Strategy

if TYPE_CHECKING:
    from .._agent import Agent


def database_name(url: Any) -> str:
    """``HOST:PORT/DATABASE``; without a host the kind of the database and its file, such as ``sqlite/app.db``."""
    database = str(url.database or "memory")
    if not url.host:
        return f"{url.get_backend_name()}/{os.path.basename(database)}"
    return f"{url.host}:{url.port}/{database}" if url.port else f"{url.host}/{database}"


def hook(agent: "Agent", module: Any) -> None:
    known: "weakref.WeakKeyDictionary[Any, Strategy]" = weakref.WeakKeyDictionary()
    """The strategies by engine."""

    def begin(engine: Any) -> Call:
        strategy = known.get(engine)
        if strategy is None:
            name = database_name(engine.url)
            strategy = known[engine] = agent.strategy(f"sqlalchemy/{name}", "pool", name, None, None, "sqlalchemy")
        return Call(strategy)

    def wrap_connection(original: Any) -> Any:
        def raw_connection(engine: Any, *arguments: Any, **named: Any) -> Any:
            call = quietly(begin, engine)
            if call is None:
                return original(engine, *arguments, **named)
            try:
                connection = original(engine, *arguments, **named)
            except BaseException as error:
                quietly(call.finish, error)
                raise
            quietly(call.finish, None)
            return connection

        return raw_connection

    wrap(module.Engine, "raw_connection", wrap_connection)
