"""How a migration runs: on the application's own engine, one at a time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context
from flask import current_app

from models.database import Base, db
from models.guards import drop_statements, guard_statements

ONE_MIGRATION_AT_A_TIME = 7_203_114_202  # an arbitrary key for PostgreSQL's lock


def migrate() -> None:
    """Bring the database of the application to the wanted revision."""
    options = dict(current_app.extensions["migrate"].configure_args)
    options.setdefault("compare_type", True)
    with db.engine.connect() as connection:
        _prepare(connection)
        context.configure(
            connection=connection, target_metadata=Base.metadata, **options
        )
        with context.begin_transaction():
            _drop_guards(connection)
            context.run_migrations()
            _put_guards(connection)
        connection.commit()
        _clean_up(connection)


def _drop_guards(connection: sa.Connection) -> None:
    """A migration may rewrite what the triggers forbid, and tables that carry them."""
    tables = sa.inspect(connection).get_table_names()
    for statement in drop_statements(connection.dialect.name, tables):
        connection.exec_driver_sql(statement)


def _put_guards(connection: sa.Connection) -> None:
    tables = sa.inspect(connection).get_table_names()
    for statement in guard_statements(connection.dialect.name, tables):
        connection.exec_driver_sql(statement)


def _prepare(connection: sa.Connection) -> None:
    if connection.dialect.name == "sqlite":
        # A batch operation drops the old table, which would delete what refers to it.
        _pragma(connection, "foreign_keys=OFF")
        return
    # Two deploys at once take turns, and a migration that cannot get its lock
    # gives up instead of stopping the market.
    connection.execute(sa.text("SET lock_timeout = 0"))
    connection.execute(sa.text("SET statement_timeout = 0"))
    lock = sa.func.pg_advisory_lock(ONE_MIGRATION_AT_A_TIME)
    connection.execute(sa.select(lock))
    connection.execute(sa.text("SET lock_timeout = '1s'"))
    connection.commit()


def _clean_up(connection: sa.Connection) -> None:
    if connection.dialect.name == "sqlite":
        _pragma(connection, "foreign_keys=ON")
        return
    unlock = sa.func.pg_advisory_unlock(ONE_MIGRATION_AT_A_TIME)
    connection.execute(sa.select(unlock))
    connection.commit()
    connection.invalidate()  # its settings must not return to the pool


def _pragma(connection: sa.Connection, pragma: str) -> None:
    raw = connection.connection.driver_connection
    assert raw is not None
    raw.execute(f"PRAGMA {pragma}")


migrate()
