"""Entry point of worker and beat: `celery -A tasks.worker worker`."""

from __future__ import annotations

import gc
import warnings

# What is loaded here stays: looking through it again and again for something to
# forget is a fifth of the time to start.
gc.disable()

from celery.platforms import SecurityWarning  # noqa: E402

from app import create_app  # noqa: E402
from config import read_settings  # noqa: E402

# Root may run the worker, as in a container: it takes no code from the broker.
warnings.filterwarnings("ignore", category=SecurityWarning)

flask_app = create_app(read_settings(worker=True))
app = flask_app.extensions["celery"]

gc.freeze()  # nor again later, and children share these pages with the parent
gc.enable()
