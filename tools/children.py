"""The processes under one parent, and what they say."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import IO

from tools.servers import ROOT

COLOURS = {"web": 32, "worker": 35, "beat": 33, "broker": 34, "dev": 36}
MOST_RESTARTS = 5  # within a minute
MINUTE = 60.0
PR_SET_PDEATHSIG = 1


def say(name: str, text: str) -> None:
    """One line for people, marked with who says it."""
    if sys.stdout.isatty():
        name = f"\033[{COLOURS.get(name, 37)}m{name:>7}\033[0m"
    sys.stdout.write(f"{name:>7} | {text}\n")
    sys.stdout.flush()


@dataclass
class Child:
    """One process in a session of its own, so that Ctrl-C reaches only the parent."""

    name: str
    command: list[str]
    environment: dict[str, str]
    grace: float
    process: subprocess.Popen[str] = field(init=False)
    starts: list[float] = field(default_factory=list, init=False)

    def start(self) -> None:
        """Begin, or begin again after ending what is left of the last time."""
        if self.starts:
            self._end_session()
        self.starts.append(time.monotonic())
        self.process = subprocess.Popen(
            self.command,
            env=self.environment,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=_end_with_parent,  # noqa: PLW1509 - before any thread of ours
        )
        assert self.process.stdout is not None
        speaker = threading.Thread(
            target=_repeat, args=(self.name, self.process.stdout), daemon=True
        )
        speaker.start()

    def died(self) -> bool:
        return self.process.poll() is not None

    def keeps_dying(self) -> bool:
        edge = time.monotonic() - MINUTE
        return sum(start > edge for start in self.starts) > MOST_RESTARTS

    def stop(self) -> None:
        """Ask, wait for the grace, then end the whole session."""
        if not self.died():
            self.process.terminate()
            try:
                self.process.wait(self.grace)
            except subprocess.TimeoutExpired:
                say("dev", f"{self.name} did not stop in {self.grace:.0f} s")
        self._end_session()

    def _end_session(self) -> None:
        """A killed worker leaves its pool processes behind; they end here."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def _end_with_parent() -> None:
    """On Linux the kernel kills the child, should the parent be killed outright.

    A polite signal would leave a worker waiting for a broker that is gone.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _repeat(name: str, out: IO[str]) -> None:
    for line in out:
        if line.strip():
            say(name, line.rstrip())
