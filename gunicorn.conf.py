"""Settings of gunicorn that hold wherever it runs; it reads this file by itself."""

from __future__ import annotations

import gc
from typing import Any

# Loaded once, before it forks: a worker begins to serve at once, and shares with
# its siblings what is loaded. Looking through that for garbage again and again is a
# fifth of the time to start.
preload_app = True
gc.disable()


def pre_fork(server: Any, worker: Any) -> None:  # noqa: ARG001 - the hook's signature
    """What is loaded by now stays: no collection looks through it again.

    Without this a page in about forty waits a quarter of a second for one.
    """
    gc.freeze()


def post_worker_init(worker: Any) -> None:  # noqa: ARG001 - the hook's own signature
    """From here on there is something to forget."""
    gc.enable()
