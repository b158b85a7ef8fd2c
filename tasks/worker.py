"""Entry point of worker and beat: `celery -A tasks.worker worker`."""

from __future__ import annotations

from app import create_app
from config import read_settings

flask_app = create_app(read_settings(worker=True))
app = flask_app.extensions["celery"]
