"""The migrations and the models say the same, on both databases."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from models.database import Base, db
from models.guards import guard_statements
from tests import markets, servers
from tools.postgres import create_database


def test_an_upgraded_database_needs_no_further_migration(session):
    context = MigrationContext.configure(
        session.connection(), opts={"compare_type": True}
    )

    assert compare_metadata(context, Base.metadata) == []


def test_every_table_of_the_models_is_there(session):
    tables = set(sa.inspect(session.connection()).get_table_names())

    assert tables == set(Base.metadata.tables) | {"alembic_version"}


def test_every_constraint_has_a_name():
    nameless = [
        f"{table.name}: {constraint!r}"
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        if not constraint.name
    ]

    assert nameless == []


@pytest.mark.databases("sqlite")
def test_sqlite_keeps_its_promises(fresh_app):
    with fresh_app.app_context(), db.engine.connect() as connection:
        wanted = {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2}
        for pragma, value in wanted.items():
            found = connection.exec_driver_sql(f"PRAGMA {pragma}").scalar()
            assert found == value, pragma
        problems = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        assert problems == []


@pytest.mark.databases("postgres")
def test_two_deploys_at_once_take_turns(database, worker_name):
    url = servers.postgres_url(f"twice_{worker_name}")
    create_database(url)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda at: markets.run_flask(at, "db", "upgrade"), [url, url]))

    engine = sa.create_engine(url)
    assert "jobs" in sa.inspect(engine).get_table_names()
    engine.dispose()


def test_every_check_of_the_models_is_in_the_upgraded_database(session):
    inspector = sa.inspect(session.connection())

    for table in Base.metadata.tables.values():
        wanted = {
            str(check.name)
            for check in table.constraints
            if isinstance(check, sa.CheckConstraint)
        }
        found = {check["name"] for check in inspector.get_check_constraints(table.name)}
        assert found == wanted, table.name


def test_every_trigger_stands_after_the_last_migration(session):
    connection = session.connection()
    names = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if connection.dialect.name == "postgresql":
        names = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    wanted = " ".join(guard_statements(connection.dialect.name, Base.metadata.tables))

    found = set(connection.exec_driver_sql(names).scalars())

    assert found == set(re.findall(r"CREATE TRIGGER (\w+)", wanted))
