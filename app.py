"""The composition root: puts the parts together and is seen by nobody."""

from __future__ import annotations

import logging
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

from celery import Celery, Task
from flask import Blueprint, Flask
from flask.cli import AppGroup
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

import marketplace.api
import marketplace.web
import models  # noqa: F401 - every table must be known before the first query
import tasks
from config import ROOT, Settings, read_settings
from marketplace.services.jobs import on_enqueue
from marketplace.web.errors import init_errors
from marketplace.web.limits import init_limits
from marketplace.web.locale import init_locale
from marketplace.web.plumbing import init_plumbing
from models.database import db, tune
from models.quiet import keep_quiet
from tasks.jobs import wake_worker

LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"


def create_app(config: Settings | None = None) -> Flask:
    """The web application; reads the environment if it is given no settings."""
    settings = config or read_settings()
    logging.basicConfig(format=LOG_FORMAT, level=logging.INFO)
    app = Flask(__name__, instance_path=str(settings.instance))
    app.config.from_mapping(settings.flask())
    app.url_map.strict_slashes = False  # people type addresses without the last /
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    _trust_proxies(app, settings.proxy_hops)
    _connect_database(app)
    create_celery(app)
    init_plumbing(app)
    init_errors(app)
    init_locale(app)
    init_limits(app)
    app.extensions["csrf"] = CSRFProtect(app)
    _register_modules(app)
    return app


def create_celery(app: Flask) -> Celery:
    """The task application, whose tasks run inside this Flask application."""

    class FlaskTask(Task):
        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            with app.app_context():
                return self.run(*args, **kwargs)

    celery = Celery(app.import_name, task_cls=FlaskTask, set_as_current=True)
    celery.conf.update(app.config["CELERY"])
    for module in _modules(tasks, skip=("worker",)):
        if hasattr(module, "init_celery"):
            module.init_celery(celery, app.config["SETTINGS"])
    celery.set_default()
    celery.flask_app = app
    app.extensions["celery"] = celery
    on_enqueue(wake_worker)
    return celery


def _connect_database(app: Flask) -> None:
    db.init_app(app)
    with app.app_context():
        tune(db.engine)
        keep_quiet(db.engine)
    migrations = str(ROOT / "models" / "migrations")
    Migrate(app, db, directory=migrations, render_as_batch=True)


def _trust_proxies(app: Flask, hops: int) -> None:
    """Behind n proxies the last n entries are theirs; any other is the client's word."""
    if hops:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )


def _register_modules(app: Flask) -> None:
    """Each module of the web brings its blueprint, command group or helpers.

    `bp` is a blueprint, `group` a command group, `init_app` and `init_login`
    add filters, template globals and the loading of users.
    """
    for package in (marketplace.web, marketplace.api):
        for module in _modules(package):
            for hook in ("init_login", "init_app"):
                if _own(module, hook):
                    getattr(module, hook)(app)
            bp = getattr(module, "bp", None)
            if isinstance(bp, Blueprint) and bp.import_name == module.__name__:
                app.register_blueprint(bp)
            if isinstance(group := getattr(module, "group", None), AppGroup):
                app.cli.add_command(group)


def _own(module: ModuleType, name: str) -> bool:
    """Whether the module defines this function itself and did not import it."""
    return getattr(getattr(module, name, None), "__module__", "") == module.__name__


def _modules(package: ModuleType, skip: tuple[str, ...] = ()) -> Iterator[ModuleType]:
    names = sorted(found.name for found in pkgutil.iter_modules(package.__path__))
    for name in names:
        if name not in skip:
            yield import_module(f"{package.__name__}.{name}")
