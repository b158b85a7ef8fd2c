"""How the processes of the market are started, alike in `./dev run` and tests."""

from __future__ import annotations

import sys
from pathlib import Path

BIN = Path(sys.executable).parent
CELERY = (str(BIN / "celery"), "--quiet", "--app")
APPLICATION = "tasks.worker:app"


def web_command(port: int, *, workers: int = 2, threads: int = 4) -> list[str]:
    """gunicorn on loopback."""
    return [
        str(BIN / "gunicorn"),
        "--bind",
        f"127.0.0.1:{port}",
        "--worker-class",
        "gthread",
        "--workers",
        str(workers),
        "--threads",
        str(threads),
        "--no-control-socket",
        "--log-level",
        "warning",
        "app:create_app()",
    ]


def worker_command(
    name: str = "worker", *, processes: int = 2, application: str = APPLICATION
) -> list[str]:
    """A Celery worker; quiet towards its siblings, of which it needs nothing."""
    return [
        *CELERY,
        application,
        "worker",
        "--loglevel",
        "WARNING",
        "--concurrency",
        str(processes),
        "--hostname",
        f"{name}@%h",
        "--without-gossip",
        "--without-mingle",
    ]


def beat_command(instance: Path) -> list[str]:
    """Celery beat; exactly one, though a second would do no harm."""
    return [
        *CELERY,
        APPLICATION,
        "beat",
        "--loglevel",
        "WARNING",
        "--pidfile=",
        "--schedule",
        str(instance / "beat-schedule"),
    ]
