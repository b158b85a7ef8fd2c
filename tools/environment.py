"""How settings are read out of the environment, and what is wrong with it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SHORTEST_SECRET = 32


def what_is_wrong(env: Mapping[str, str], required: tuple[str, ...]) -> list[str]:
    wrong = [f"{name} is not set" for name in required if not env.get(name)]
    secret = env.get("SECRET_KEY", "")
    if secret and len(secret) < SHORTEST_SECRET:
        wrong.append(f"SECRET_KEY is shorter than {SHORTEST_SECRET} characters")
    base = env.get("BASE_URL", "")
    if base and not base.startswith(("https://", "http://")):
        wrong.append("BASE_URL does not begin with https://")
    return wrong


def host_of(env: Mapping[str, str]) -> str:
    return env["BASE_URL"].split("://", 1)[-1].split("/", 1)[0].split(":", 1)[0]


def numbers_of(env: Mapping[str, str]) -> dict[str, Any]:
    return {
        "job_lease_seconds": int(env.get("JOB_LEASE_SECONDS", "30")),
        "sweep_seconds": int(env.get("SWEEP_SECONDS", "5")),
        "shard_posts": int(env.get("SHARD_POSTS", "2000")),
        "photos_most": int(env.get("PHOTOS_MOST", "6")),
    }


def kept_secret(path: Path) -> str:
    """One key an installation: a new one at each start would sign everyone out."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text()


def database_url_of(url: str | None) -> str:
    """Hosts hand out `postgres://`, which SQLAlchemy does not know."""
    for prefix in ("postgres://", "postgresql://"):
        if url and url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url or ""
