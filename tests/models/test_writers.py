"""Who waits for SQLite's write lock gets it, or hears in time that it is taken."""

from __future__ import annotations

import threading
import time

import pytest
import sqlalchemy as sa

from models import writers
from models.database import tune


@pytest.fixture
def store(tmp_path):
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'store.db'}")
    tune(engine)
    yield engine
    engine.dispose()


def patience(connection):
    return connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one()


def test_a_writer_waits_until_the_one_before_has_written(store):
    first, waited = store.connect(), []
    first.begin()

    def write():
        with store.connect() as second, second.begin():
            waited.append(patience(second))

    thread = threading.Thread(target=write)
    thread.start()
    time.sleep(0.2)
    assert waited == []
    first.commit()
    thread.join(5)

    assert waited == [writers.PATIENCE_MS]
    first.close()


def test_a_writer_gives_up_when_patience_is_at_an_end(store, monkeypatch):
    monkeypatch.setattr(writers, "PATIENCE_MS", 200)
    with store.connect() as first, first.begin(), store.connect() as second:
        began = time.monotonic()

        with pytest.raises(sa.exc.OperationalError, match="locked"):
            second.begin()

        assert 0.2 <= time.monotonic() - began < 5


def test_a_reader_does_not_wait_for_the_writer(store):
    with store.connect() as first, first.begin():
        options = {"read_only": True}
        with store.connect().execution_options(**options) as second, second.begin():
            assert patience(second) == writers.PATIENCE_MS
