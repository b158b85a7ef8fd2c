"""`./dev run`: everything starts, what dies comes back, everything stops."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests import markets
from tools.servers import ROOT, free_port

pytestmark = pytest.mark.timeout(200)


class Run:
    """One `./dev run --empty` in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        environment = {
            **os.environ,
            "LIENKET_INSTANCE": str(folder),
            "PORT": str(self.port),
        }
        environment.pop("REDIS_URL", None)
        self.log = (folder / "supervisor.log").open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tools.supervisor", "--empty"],
            cwd=ROOT,
            env=environment,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def said(self) -> str:
        return (self.folder / "supervisor.log").read_text(errors="replace")

    def wait(self, happened, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while not happened():
            assert time.monotonic() < end, self.said()[-4000:]
            time.sleep(0.1)

    def ready(self) -> bool:
        try:
            address = f"http://127.0.0.1:{self.port}/readyz"
            with urllib.request.urlopen(address, timeout=3):
                return True
        except (urllib.error.URLError, OSError):
            return False

    def children(self) -> dict[int, str]:
        """Processes whose parent is the supervisor, by id."""
        listed = subprocess.run(
            ["ps", "-o", "pid=,args=", "--ppid", str(self.process.pid)],
            capture_output=True,
            text=True,
            check=False,
        )
        lines = (line.strip().split(" ", 1) for line in listed.stdout.splitlines())
        return {int(pid): command for pid, command in lines}

    def stop(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(60)


@pytest.fixture
def first_run(tmp_path):
    """In a folder where nothing is yet."""
    yield from until_stopped(tmp_path)


@pytest.fixture
def run(tmp_path):
    """Where one has run before, so that the tables are there."""
    markets.new_database("sqlite", "market", tmp_path)
    yield from until_stopped(tmp_path)


def until_stopped(folder):
    run = Run(folder)
    yield run
    if run.process.poll() is None:
        run.stop(signal.SIGTERM)
    run.log.close()


def test_it_becomes_ready_and_stops_all_it_started(first_run):
    run = first_run
    run.wait(lambda: "ready in" in run.said())
    children = run.children()

    status = run.stop(signal.SIGINT)

    assert status == 0
    assert len(children) == 4
    assert not any(Path(f"/proc/{pid}").exists() for pid in children)
    assert f"http://127.0.0.1:{run.port}/" in run.said()


def test_what_dies_is_started_again(run):
    run.wait(lambda: "ready in" in run.said())
    before = run.children()

    for pid in before:
        os.kill(pid, signal.SIGKILL)

    run.wait(lambda: len(set(run.children()) - set(before)) == 4)
    run.wait(run.ready)
    assert run.stop(signal.SIGTERM) == 0


def test_killed_outright_it_takes_all_along(run):
    run.wait(lambda: "ready in" in run.said())
    children = run.children()

    run.stop(signal.SIGKILL)

    run.wait(lambda: not any(Path(f"/proc/{pid}").exists() for pid in children))


def test_it_can_be_stopped_before_it_is_ready(first_run):
    run = first_run
    run.wait(lambda: "Running upgrade" in run.said())

    status = run.stop(signal.SIGHUP)

    assert status == 0
    assert "ready in" not in run.said()


def test_a_second_one_beside_it_is_refused(run):
    run.wait((run.folder / "lock").exists)
    run.wait((run.folder / "secret_key").exists)
    environment = {**os.environ, "LIENKET_INSTANCE": str(run.folder), "PORT": "0"}

    second = subprocess.run(
        [sys.executable, "-m", "tools.supervisor"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert second.returncode == 1
    assert "already running" in second.stdout
