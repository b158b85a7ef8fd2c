"""Processes of the market that need not load it: forked from one that has.

A worker or a web server that is started thirty times to be killed thirty times
spends nearly all its life importing. These are the commands of production in
processes of their own; only what they import lies there already. `./dev run`
itself is tried by tests/faults/test_supervisor.py.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from importlib.metadata import entry_points
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path

from tools.servers import ROOT

LOADED = ["tests.faults.loaded", "tests.faults.accepting"]


def nursery() -> ForkServerContext:
    """The server of this test process that has loaded the market and forks."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(LOADED)
    return context


def start(command: list[str], environment: dict[str, str], log: Path) -> BaseProcess:
    """A command of an installed package (celery, gunicorn), its words in the log."""
    log.touch()
    process = nursery().Process(target=_become, args=(command, environment, log))
    process.start()
    return process


def _become(command: list[str], environment: dict[str, str], log: Path) -> None:
    os.setsid()
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    for number, file in enumerate((os.devnull, log, log)):
        descriptor = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        os.dup2(descriptor, number)
    sys.argv = command
    (entry,) = entry_points(group="console_scripts", name=Path(command[0]).name)
    sys.exit(entry.load()())
