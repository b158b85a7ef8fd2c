"""Settings: read once from the environment, frozen, handed down by create_app.

`LIENKET_ENV` chooses: `embedded` (default: SQLite and an own Valkey under
`instance/`, nothing to configure), `production` (everything named, or no start)
and `testing`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

from tools.connections import celery_options, engine_options
from tools.environment import (
    database_url_of,
    host_of,
    kept_secret,
    numbers_of,
    what_is_wrong,
)

ROOT = Path(__file__).resolve().parent
MIB = 1024 * 1024


class Misconfigured(SystemExit):
    """The environment does not allow a safe start; says all that is wrong."""


@dataclass(frozen=True)
class Settings:
    """What the parts need to know; see the subclasses for where it comes from."""

    name: ClassVar[str] = ""
    testing: ClassVar[bool] = False

    database_url: str
    redis_url: str  # "" means: no broker, the sweeper alone finds work
    secret_key: str
    mail_url: str  # smtp://user:password@host:587 or file:///folder
    mail_from: str
    base_url: str
    instance: Path
    proxy_hops: int = 0
    worker: bool = False
    limiter_url: str = "memory://"
    old_secret_keys: tuple[str, ...] = ()
    job_lease_seconds: int = 30
    sweep_seconds: int = 5
    shard_posts: int = 2_000  # products with fewer are matched together
    limits: bool = True
    photos_most: int = 6  # on one note, inspection or claim

    @property
    def secure(self) -> bool:
        """Whether people reach this installation by https."""
        return self.base_url.startswith("https://")

    def flask(self) -> dict[str, Any]:
        """Flask's configuration."""
        return {
            "SETTINGS": self,
            "TESTING": self.testing,
            "SECRET_KEY": self.secret_key,
            "SECRET_KEY_FALLBACKS": list(self.old_secret_keys),
            "BASE_URL": self.base_url,
            "MAIL_URL": self.mail_url,
            "MAIL_FROM": self.mail_from,
            "REDIS_URL": self.redis_url,
            "PHOTOS_MOST": self.photos_most,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "SQLALCHEMY_ENGINE_OPTIONS": engine_options(self.database_url, self.worker),
            "CELERY": self._celery(),
            **self._limits(),
            **self._cookies(),
            "BABEL_DEFAULT_LOCALE": "vi",
            "BABEL_DEFAULT_TIMEZONE": "Asia/Ho_Chi_Minh",
            "LANGUAGES": ("vi", "en"),
        }

    def _celery(self) -> dict[str, Any]:
        beat = {
            "beat_schedule_filename": str(self.instance / "beat-schedule"),
            # Beat wakes at least as often as its shortest entry asks for.
            "beat_max_loop_interval": self.sweep_seconds,
        }
        return celery_options(self.redis_url, self.worker) | beat

    def _limits(self) -> dict[str, Any]:
        return {
            # Without these one request may fill the memory of a web process.
            "MAX_CONTENT_LENGTH": MIB,
            "MAX_FORM_MEMORY_SIZE": MIB,
            "MAX_FORM_PARTS": 1000,  # 52 tranche rows of a year, five fields each
            # Without it a forged Host header ends up in the links of our mails.
            "TRUSTED_HOSTS": self._hosts(),
            "RATELIMIT_ENABLED": self.limits and not self.testing,
            "RATELIMIT_HEADERS_ENABLED": True,
            "RATELIMIT_STORAGE_URI": self.limiter_url,
            # Without it every page fails while the limiter's Redis is away.
            "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,
            "RATELIMIT_STORAGE_OPTIONS": (
                {"socket_connect_timeout": 0.5, "socket_timeout": 0.5}
                if self.limiter_url.startswith("redis")
                else {}
            ),
        }

    def _hosts(self) -> list[str] | None:
        return None

    def _cookies(self) -> dict[str, Any]:
        return {
            # The __Host- prefix forbids another host to plant the cookie.
            "SESSION_COOKIE_NAME": "__Host-lienket" if self.secure else "lienket",
            "SESSION_COOKIE_SECURE": self.secure,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            # Sent when something in it changes alone: an answer that comes late would
            # put back what it held before, and a message told once would be lost.
            "SESSION_REFRESH_EACH_REQUEST": False,
            "WTF_CSRF_TIME_LIMIT": None,  # as long as the session: forms lie open
            "WTF_CSRF_ENABLED": not self.testing,
            "WTF_CSRF_SSL_STRICT": self.secure,
        }


@dataclass(frozen=True)
class Embedded(Settings):
    """One machine, nothing to configure; everything lies under `instance/`."""

    name: ClassVar[str] = "embedded"

    @classmethod
    def from_environment(cls, env: Mapping[str, str], *, worker: bool = False) -> Self:
        """Read what may be overridden; make the folder and the secret key."""
        instance = Path(env.get("LIENKET_INSTANCE") or ROOT / "instance")
        instance.mkdir(parents=True, exist_ok=True)
        return cls(
            database_url=database_url_of(env.get("DATABASE_URL"))
            or f"sqlite:///{instance / 'market.db'}",
            redis_url=env.get("REDIS_URL", ""),
            secret_key=env.get("SECRET_KEY") or kept_secret(instance / "secret_key"),
            mail_url=env.get("MAIL_URL") or (instance / "mail").as_uri(),
            mail_from=env.get("MAIL_FROM", "Liên kết <no-reply@localhost>"),
            base_url=env.get("BASE_URL")
            or f"http://127.0.0.1:{env.get('PORT') or 5000}",
            instance=instance,
            worker=worker,
            limits=env.get("LIENKET_LIMITS") != "off",
            **numbers_of(env),
        )


@dataclass(frozen=True)
class Production(Settings):
    """PostgreSQL, Redis and SMTP of your own; every secret named."""

    name: ClassVar[str] = "production"
    REQUIRED: ClassVar[tuple[str, ...]] = (
        "DATABASE_URL",
        "REDIS_URL",
        "SECRET_KEY",
        "MAIL_URL",
        "BASE_URL",
    )

    @classmethod
    def from_environment(cls, env: Mapping[str, str], *, worker: bool = False) -> Self:
        """Read everything; refuse with the whole list of what is wrong."""
        if wrong := what_is_wrong(env, cls.REQUIRED):
            raise Misconfigured("Liên kết cannot start: " + "; ".join(wrong))
        return cls(
            database_url=database_url_of(env["DATABASE_URL"]),
            redis_url=env["REDIS_URL"],
            secret_key=env["SECRET_KEY"],
            old_secret_keys=tuple(env.get("OLD_SECRET_KEYS", "").split()),
            mail_url=env["MAIL_URL"],
            mail_from=env.get("MAIL_FROM", f"Liên kết <no-reply@{host_of(env)}>"),
            base_url=env["BASE_URL"].rstrip("/"),
            instance=Path(env.get("LIENKET_INSTANCE") or ROOT / "instance"),
            limiter_url=env.get("LIMITER_URL", env["REDIS_URL"]),
            # nginx in front is one hop; a wrong count lets a client forge its address
            proxy_hops=int(env.get("PROXY_HOPS", "1")),
            worker=worker,
            **numbers_of(env),
        )

    def _hosts(self) -> list[str] | None:
        return [host_of({"BASE_URL": self.base_url})]


@dataclass(frozen=True)
class Testing(Settings):
    """For the tests: a known key, no CSRF, no limits; they say which database."""

    name: ClassVar[str] = "testing"
    testing: ClassVar[bool] = True
    __test__: ClassVar[bool] = False  # pytest: not a test of yours

    @classmethod
    def from_environment(cls, env: Mapping[str, str], *, worker: bool = False) -> Self:
        """Read where the servers of this test run are."""
        instance = Path(env.get("LIENKET_INSTANCE") or ROOT / "instance" / "testing")
        return cls(
            database_url=database_url_of(env.get("DATABASE_URL")) or "sqlite://",
            redis_url=env.get("REDIS_URL", ""),
            secret_key="only-for-tests-" * 3,
            mail_url=env.get("MAIL_URL") or (instance / "mail").as_uri(),
            mail_from="Liên kết <no-reply@lienket.test>",
            base_url="http://localhost",
            instance=instance,
            worker=worker,
            **numbers_of(env),
        )


def read_settings(
    env: Mapping[str, str] = os.environ, *, worker: bool = False
) -> Settings:
    """The settings that `LIENKET_ENV` names; refuses a name it does not know."""
    kinds: dict[str, type[Embedded | Production | Testing]] = {
        kind.name: kind for kind in (Embedded, Production, Testing)
    }
    name = env.get("LIENKET_ENV") or Embedded.name
    if name not in kinds:
        raise Misconfigured(f"LIENKET_ENV is {name!r}, not one of {', '.join(kinds)}")
    return kinds[name].from_environment(env, worker=worker)
