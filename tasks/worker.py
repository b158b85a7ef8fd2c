"""Entry point of worker and beat: `celery -A tasks.worker worker`."""

from __future__ import annotations

import warnings

from celery.platforms import SecurityWarning

from app import create_app
from config import read_settings

# Root may run the worker, as in a container: it takes no code from the broker.
warnings.filterwarnings("ignore", category=SecurityWarning)

flask_app = create_app(read_settings(worker=True))
app = flask_app.extensions["celery"]
