"""What every test may ask for: both databases, a client, rows, a running market.

`database` stands for SQLite and PostgreSQL in turn; whatever asks for it (`app`,
`session`, `client`, `make`) runs on them. All that a test writes is undone by
rolling back one outer transaction, in which commits are savepoints.

What depends on the database runs on both: models, tasks, faults, and whatever has
real commits. Of the others every second test runs on each, chosen by its name, so
that every query meets both in some test; EVERY_DATABASE=1 runs all on both.
"""

from __future__ import annotations

import gc
import importlib
import os
import zlib
from collections.abc import Callable, Iterator
from contextvars import Context
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from sqlalchemy.orm import Session
from xdist.scheduler import LoadGroupScheduling

from app import create_app
from marketplace.web.limits import limiter
from models.database import db
from tests import markets, servers
from tests.mailbox import Mailbox
from tests.stack import Stack
from tools.browsers import launch_arguments

settings.register_profile(
    "lienket",
    derandomize=True,  # the same examples on every machine
    # One bug is shrunk, not each of several: every one may take minutes.
    report_multiple_bugs=False,
    deadline=None,  # two busy cores say nothing about a single example
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("lienket")


def pytest_configure(config: pytest.Config) -> None:
    gc.disable()  # while all is loaded, which stays
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if servers.SHARED not in os.environ:
        servers.begin_run()
        config.add_cleanup(servers.end_run)
    servers.share_templates()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What was given more time begins first, so that at the end nobody waits for it."""
    items.sort(key=_allowed_seconds, reverse=True)


# What is set up once for many tests: one process runs all of each group. That of the
# faults waits for most of its time, while the others keep the processors busy.
GROUPS = {
    "tests/browser/": "browser",
    "tests/faults/": "faults",
    "tests/services/test_demo.py": "demo",
    "tests/test_lint.py": "lint",
    "tests/web/test_components.py": "frame",
    "tests/web/test_naming.py": "frame",
    "tests/web/test_said.py": "frame",
    "tests/web/test_translations.py": "translations",
    "tests/web/test_words.py": "frame",
}


class InGroups(LoadGroupScheduling):
    """By files: pytest 9 keeps no names of groups in the ids that xdist 3.8 reads."""

    def _split_scope(self, nodeid: str) -> str:
        found = (group for start, group in GROUPS.items() if nodeid.startswith(start))
        return next(found, nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> InGroups:
    return InGroups(config, log)


def _allowed_seconds(item: pytest.Item) -> int:
    mark = item.get_closest_marker("timeout")
    # A room of a minute's tests is no long test: only what is far above the rest.
    return mark.args[0] if mark and mark.args[0] >= 600 else 0


def pytest_collection_finish() -> None:
    """What is loaded by now stays: nothing looks through it again for garbage.

    Nor often through the rest, which took a twentieth of all time.
    """
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(50_000, 10, 20)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`@pytest.mark.databases("postgres")` says on which of the two a test runs."""
    if "database" in metafunc.fixturenames:
        mark = metafunc.definition.get_closest_marker("databases")
        names = mark.args if mark else _databases(metafunc)
        metafunc.parametrize("database", names, indirect=True)


# Where a test is about rules and pages; their queries are those of many tests.
IN_TURNS = ("tests/services/", "tests/web/")
REAL_COMMITS = {"fresh_app", "stack"}


def _databases(metafunc: pytest.Metafunc) -> tuple[str, ...]:
    """Both, or the one whose turn it is; the same at every run."""
    name = metafunc.definition.nodeid
    in_turns = name.startswith(IN_TURNS) and os.environ.get("EVERY_DATABASE") != "1"
    if not in_turns or REAL_COMMITS & set(metafunc.fixturenames):
        return markets.DATABASES
    turn = zlib.crc32(name.encode()) % len(markets.DATABASES)
    return (markets.DATABASES[turn],)


@pytest.fixture(scope="session")
def worker_name() -> str:
    """Which of the parallel processes this is: gw0, gw1, ... or `alone`."""
    return os.environ.get("PYTEST_XDIST_WORKER", "alone")


@pytest.fixture(scope="session")
def _apps(
    worker_name: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Flask]]:
    """One application for each database, made when first asked for."""
    made: dict[str, Flask] = {}
    yield made
    for app in made.values():
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def app(
    database: str,
    _apps: dict[str, Flask],
    worker_name: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Flask]:
    """The application on a migrated database; what a test writes is undone."""
    if database not in _apps:
        folder = tmp_path_factory.mktemp(database)
        url = markets.new_database(database, f"shared_{worker_name}", folder)
        _apps[database] = create_app(markets.testing(url, folder))
        _apps[database].test_client_class = Client
    # An application of another test may have switched the limits on for all.
    limiter.enabled = bool(_apps[database].config["RATELIMIT_ENABLED"])
    yield from markets.undone(_apps[database])


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """The session of the test, in the context of the application."""
    with app.app_context():
        yield db.session()


@pytest.fixture
def make(session: Session) -> Any:
    """Rows on demand: `make.harvest(kg=...)`; see tests/factories.py."""
    return importlib.import_module("tests.factories").Make(session)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without a screen."""
    return app.test_client()


@pytest.fixture
def fresh_app(database: str, worker_name: str, tmp_path: Path) -> Iterator[Flask]:
    """An application on a database of its own: real commits, real concurrency."""
    url = markets.new_database(database, f"fresh_{worker_name}", tmp_path)
    app = create_app(markets.testing(url, tmp_path))
    app.test_client_class = Client
    markets.put_in_charge(app)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


class Client(FlaskClient):
    """Keeps a request apart from the test that sends it.

    Without an empty context a request would find the session, the language and
    the person of the test; and what the test wrote is stored first.
    """

    def open(self, *args: Any, **kwargs: Any) -> Any:
        if db_is_at_hand():
            db.session.commit()
        response = Context().run(super().open, *args, **kwargs)
        if db_is_at_hand():
            db.session.expire_all()
        return response


def db_is_at_hand() -> bool:
    """Whether the test itself stands in an application's context."""
    return has_app_context()


@pytest.fixture
def stack(
    database: str, worker_name: str, tmp_path: Path
) -> Iterator[Callable[..., Stack]]:
    """`stack(**environment)` is a market of real processes, not started yet."""
    made: list[Stack] = []

    def new(**environment: str) -> Stack:
        name = f"stack_{worker_name}"
        url = markets.new_database(database, name, tmp_path)
        broker = servers.redis_url(servers.redis_number(worker_name, 0))
        servers.empty_redis(broker)
        made.append(Stack(url, broker, tmp_path, **environment))
        return made[-1]

    yield new
    for stack in made:
        stack.stop()


@pytest.fixture(scope="session")
def live_market(
    worker_name: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    """One running market on PostgreSQL and Redis for all browser tests.

    It is shared: a test makes people and rows of its own and counts nothing.
    """
    folder = tmp_path_factory.mktemp("market")
    url = markets.new_database("postgres", f"live_{worker_name}", folder)
    broker = servers.redis_url(servers.redis_number(worker_name, 1))
    stack = Stack(url, broker, folder)
    try:
        yield stack.start_all()
    finally:
        stack.stop()


@pytest.fixture
def mailbox(app: Flask) -> Iterator[Mailbox]:
    """A real SMTP server; what the application sends lies in `mailbox.letters`."""
    with Mailbox() as box:
        before = app.config["MAIL_URL"]
        app.config["MAIL_URL"] = box.url
        yield box
        app.config["MAIL_URL"] = before


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, Any],
) -> dict[str, Any]:
    """The Chromium that `./dev test` found; root needs no sandbox."""
    return {**browser_type_launch_args, **launch_arguments()}


@pytest.fixture
def engine(app: Flask) -> sa.Engine:
    with app.app_context():
        return db.engine
