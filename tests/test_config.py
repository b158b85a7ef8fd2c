"""Settings: safe by default, refused when incomplete."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from config import Embedded, Misconfigured, Production, Testing, read_settings
from tools.servers import ROOT

COMPLETE = {
    "LIENKET_ENV": "production",
    "DATABASE_URL": "postgres://market@db.example.vn/market",
    "REDIS_URL": "redis://:secret@redis.example.vn/0",
    "SECRET_KEY": "k" * 32,
    "MAIL_URL": "smtp://mail.example.vn:587",
    "BASE_URL": "https://cho.example.vn/",
}


def test_nothing_set_means_embedded(tmp_path):
    settings = read_settings({"LIENKET_INSTANCE": str(tmp_path)})

    assert isinstance(settings, Embedded)
    assert settings.database_url == f"sqlite:///{tmp_path}/market.db"


def test_the_embedded_secret_is_made_once_and_kept_private(tmp_path):
    environment = {"LIENKET_INSTANCE": str(tmp_path)}

    first, second = read_settings(environment), read_settings(environment)

    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 32
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_complete_production_is_accepted():
    settings = read_settings(COMPLETE)

    assert isinstance(settings, Production)
    assert settings.database_url.startswith("postgresql+psycopg://")
    assert settings.flask()["TRUSTED_HOSTS"] == ["cho.example.vn"]
    assert settings.flask()["SESSION_COOKIE_SECURE"] is True
    assert settings.proxy_hops == 1


@pytest.mark.parametrize("missing", Production.REQUIRED)
def test_each_missing_secret_is_named(missing):
    environment = {name: value for name, value in COMPLETE.items() if name != missing}

    with pytest.raises(Misconfigured, match=f"{missing} is not set"):
        read_settings(environment)


def test_all_that_is_missing_is_named_at_once():
    with pytest.raises(Misconfigured) as refusal:
        read_settings({"LIENKET_ENV": "production"})

    assert all(name in str(refusal.value) for name in Production.REQUIRED)


def test_a_short_secret_is_refused():
    with pytest.raises(Misconfigured, match="shorter than 32"):
        read_settings(COMPLETE | {"SECRET_KEY": "k" * 31})


def test_an_unknown_name_is_refused():
    with pytest.raises(Misconfigured, match="not one of embedded, production, testing"):
        read_settings({"LIENKET_ENV": "prod"})


def test_the_refusal_ends_the_process_with_an_error():
    environment = {"LIENKET_ENV": "production", "PATH": os.environ["PATH"]}

    ended = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", "routes"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode != 0
    assert "SECRET_KEY is not set" in ended.stderr


def test_a_worker_may_take_longer_than_a_page():
    web = read_settings(COMPLETE).flask()["SQLALCHEMY_ENGINE_OPTIONS"]
    worker = read_settings(COMPLETE, worker=True).flask()["SQLALCHEMY_ENGINE_OPTIONS"]

    assert "statement_timeout=15s" in web["connect_args"]["options"]
    assert "statement_timeout=300s" in worker["connect_args"]["options"]


def test_helpers_are_started_for_workers_alone():
    web = read_settings(COMPLETE).flask()["SQLALCHEMY_ENGINE_OPTIONS"]
    worker = read_settings(COMPLETE, worker=True).flask()["SQLALCHEMY_ENGINE_OPTIONS"]

    setting = "max_parallel_workers_per_gather"
    assert f"{setting}=0" in web["connect_args"]["options"]
    assert setting not in worker["connect_args"]["options"]


def test_no_message_outlives_the_longest_task():
    celery = read_settings(COMPLETE, worker=True).flask()["CELERY"]

    patience = celery["broker_transport_options"]["visibility_timeout"]
    assert patience > celery["task_time_limit"] > celery["task_soft_time_limit"]
    assert celery["accept_content"] == ["json"]


def test_the_tests_know_their_own_settings(tmp_path):
    environment = {"LIENKET_ENV": "testing", "LIENKET_INSTANCE": str(tmp_path)}

    assert isinstance(read_settings(environment), Testing)


@pytest.mark.databases("postgres")
def test_postgresql_takes_our_limits(session):
    limits = {
        name: session.connection().exec_driver_sql(f"SHOW {name}").scalar()
        for name in ("statement_timeout", "lock_timeout", "timezone")
    }

    assert limits == {
        "statement_timeout": "15s",
        "lock_timeout": "3s",
        "timezone": "UTC",
    }
