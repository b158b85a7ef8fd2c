"""Databases and applications for tests: migrated once, copied often."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from filelock import FileLock
from flask import Flask

from config import Testing
from models.database import db
from tests import nursery, servers
from tools.postgres import create_database

DATABASES = ("sqlite", "postgres")


def testing(url: str, folder: Path) -> Testing:
    """Settings of a test on this database."""
    environment = {"DATABASE_URL": url, "LIENKET_INSTANCE": str(folder)}
    return Testing.from_environment(environment)


def new_database(kind: str, name: str, folder: Path) -> str:
    """A fresh copy of the migrated database; returns its address."""
    if kind == "postgres":
        url = servers.postgres_url(name)
        with _migrated(kind):
            create_database(url, "template_market")
        return url
    copy = folder / f"{name}.db"
    with _migrated(kind):
        shutil.copy(servers.shared_folder() / "template.db", copy)
    return f"sqlite:///{copy}"


def _template_url(kind: str) -> str:
    if kind == "postgres":
        return servers.postgres_url("template_market")
    return f"sqlite:///{servers.shared_folder() / 'template.db'}"


def _migrated(kind: str) -> FileLock:
    """The template, migrated by the first who needs it; locked while it is copied."""
    lock = FileLock(servers.shared_folder() / f"template-{kind}.lock")
    done = servers.shared_folder() / f"template-{kind}.done"
    with lock:
        if not done.exists():
            url = _template_url(kind)
            if kind == "postgres":
                create_database(url)
            migrate(url)
            if kind == "sqlite":
                _into_one_file(servers.shared_folder() / "template.db")
            done.touch()
    return lock


def _into_one_file(path: Path) -> None:
    """What its last writer left in the journal beside it, whatever way it ended."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def migrate(url: str) -> None:
    """Bring a database to the newest revision, with what every market must know."""
    run_flask(url, "db", "upgrade")
    run_flask(url, "reference", "load")


def run_flask(url: str, *words: str) -> None:
    """Run a command on this database as an operator would."""
    environment = {**os.environ, "LIENKET_ENV": "testing", "DATABASE_URL": url}
    with tempfile.NamedTemporaryFile() as said:
        command = ["flask", "--app", "app", *words]
        process = nursery.start(command, environment, Path(said.name))
        process.join()
        assert process.exitcode == 0, said.read().decode()


def put_in_charge(app: Flask) -> None:
    """Tasks run in the application that this test is about."""
    celery = app.extensions["celery"]
    celery.set_current()
    celery.set_default()


def undone(app: Flask) -> Iterator[Flask]:
    """The application with all its sessions inside one transaction, rolled back."""
    put_in_charge(app)
    engines = db._app_engines[app]
    engine = engines[None]
    connection = engine.connect()
    transaction = connection.begin()
    engines[None] = connection  # type: ignore[assignment]
    db.session.session_factory.configure(join_transaction_mode="create_savepoint")
    try:
        yield app
    finally:
        transaction.rollback()
        connection.close()
        engines[None] = engine
        db.session.session_factory.configure(
            join_transaction_mode="conditional_savepoint"
        )
