"""Databases and applications for tests: migrated once, copied often."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock
from flask import Flask

from config import Testing
from models.database import db
from tests import servers
from tools.postgres import create_database
from tools.servers import ROOT

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
            done.touch()
    return lock


def migrate(url: str) -> None:
    """Bring a database to the newest revision, with what every market must know."""
    run_flask(url, "db", "upgrade")
    run_flask(url, "reference", "load")


def run_flask(url: str, *words: str) -> str:
    """Run a command on this database as an operator would; what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", *words],
        cwd=ROOT,
        env={**os.environ, "LIENKET_ENV": "testing", "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


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
