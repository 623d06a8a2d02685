"""SQLAlchemy: connections that are taken from a pool."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from fusebox_agent.hooks.sqlalchemy_ import database_name
from hub import Hub
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import QueuePool


def engine(file: Path) -> Any:
    return sqlalchemy.create_engine(
        f"sqlite:///{file}", poolclass=QueuePool, pool_size=1, max_overflow=0, pool_timeout=0.01)


def test_time_outs_of_the_pool_are_failures(hub: Hub, tmp_path: Path) -> None:
    database = engine(tmp_path / "app.db")
    with database.connect():
        with pytest.raises(sqlalchemy.exc.TimeoutError):
            database.connect()
    with database.connect() as connection:
        connection.execute(sqlalchemy.text("select 1"))
    assert hub.counted("sqlalchemy/sqlite/app.db", ok=2, failed=1)["errors"] == {"TimeoutError": 1}


def test_connections_of_async_engines_are_counted(hub: Hub, tmp_path: Path) -> None:
    async def main() -> None:
        database = create_async_engine(
            f"sqlite+aiosqlite:///{tmp_path / 'app.db'}", pool_size=1, max_overflow=0, pool_timeout=0.01)
        async with database.connect():
            with pytest.raises(sqlalchemy.exc.TimeoutError):
                await database.connect()
        await database.dispose()

    asyncio.run(main())
    assert hub.counted("sqlalchemy/sqlite/app.db", ok=1, failed=1)["errors"] == {"TimeoutError": 1}


def test_database_that_cannot_be_opened_is_a_failure(hub: Hub, tmp_path: Path) -> None:
    with pytest.raises(sqlalchemy.exc.OperationalError):
        engine(tmp_path / "none" / "app.db").connect()
    assert hub.counted("sqlalchemy/sqlite/app.db", failed=1)["errors"] == {"OperationalError": 1}


def test_password_is_not_in_the_name() -> None:
    url = sqlalchemy.engine.make_url("postgresql://me:secret@db:5432/shop?sslmode=require")
    assert database_name(url) == "db:5432/shop"
    assert database_name(sqlalchemy.engine.make_url("sqlite://")) == "sqlite/memory"
