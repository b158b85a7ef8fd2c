"""The market as real processes: gunicorn, a Celery worker and beat."""

from __future__ import annotations

import json
import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from flask import Flask

from app import create_app
from config import Embedded
from models.database import db
from tests import nursery
from tools.processes import APPLICATION, beat_command, web_command, worker_command
from tools.servers import free_port


class Stack:
    """Processes on one database and one broker; `stop` ends them all."""

    def __init__(
        self, database_url: str, redis_url: str, folder: Path, **environment: str
    ) -> None:
        self.folder = folder
        self.port = free_port()
        self.processes: dict[str, BaseProcess] = {}
        self.environment = {
            **os.environ,
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "LIENKET_ENV": "embedded",
            "LIENKET_INSTANCE": str(folder),
            "PORT": str(self.port),
            "JOB_LEASE_SECONDS": "3",
            "SWEEP_SECONDS": "1",
            "LIENKET_LIMITS": "off",  # a test signs in more often than a person
            **environment,
        }
        self.environment.pop("FAILPOINT", None)
        self.environment |= environment

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def app(self) -> Flask:
        """The application in this process, on the same database and broker."""
        return create_app(Embedded.from_environment(self.environment))

    @contextmanager
    def context(self) -> Iterator[Flask]:
        """Inside the application of this process; its connections end after."""
        app = self.app()
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()

    def start_web(self, **environment: str) -> None:
        self.start("web", web_command(self.port, workers=1), **environment)

    def start_worker(
        self, *, processes: int = 1, application: str = APPLICATION, **environment: str
    ) -> None:
        command = worker_command(processes=processes, application=application)
        self.start("worker", command, **environment)

    def start_beat(self) -> None:
        self.start("beat", beat_command(self.folder))

    def start_all(self) -> Stack:
        """Everything, until /readyz says that nothing is missing."""
        self.start_web()
        self.start_worker()
        self.start_beat()
        self.wait(lambda: self.what_is_wrong() == {}, "the market to be ready")
        return self

    def start(self, name: str, command: list[str], **environment: str) -> None:
        log = self.folder / f"{name}.log"
        self.processes[name] = nursery.start(
            command, self.environment | environment, log
        )

    def kill(self, name: str) -> None:
        """kill -9 of the process and of all its children."""
        process = self.processes.pop(name)
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:  # it leads no group yet, or is gone
            process.kill()
        process.join()

    def stop(self) -> None:
        """Ask all to end, and end them if they do not."""
        for process in self.processes.values():
            process.terminate()
        for name in list(self.processes):
            self.processes[name].join(10)
            self.kill(name)

    def what_is_wrong(self) -> dict[str, Any]:
        """What /readyz misses; {} when the market is ready."""
        try:
            with urllib.request.urlopen(f"{self.address}/readyz", timeout=3):
                return {}
        except urllib.error.HTTPError as error:
            with error:
                return dict(json.load(error)["wrong"])
        except OSError as error:
            return {"web": str(error)}

    def wait(
        self, happened: Callable[[], object], what: str, seconds: float = 60
    ) -> None:
        """Until it happened; fails with the ends of all logs if it does not."""
        end = time.monotonic() + seconds
        while not happened():
            if time.monotonic() > end:
                raise AssertionError(f"waited in vain for {what}\n{self.logs()}")
            time.sleep(0.1)

    def logs(self) -> str:
        """The end of what each process said."""
        return "\n".join(
            f"--- {path.name}\n{path.read_text(errors='replace')[-2000:]}"
            for path in sorted(self.folder.glob("*.log"))
        )
