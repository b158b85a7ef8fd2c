"""All that an application consists of, loaded before the processes of a storm part.

The server that forks them imports this once; what they import after that is there.
"""

from __future__ import annotations

import os
import pkgutil
from importlib import import_module

from sqlalchemy.orm import configure_mappers

import marketplace.api
import marketplace.web
import tasks
from tests import servers

if servers.SHARED in os.environ:
    servers.share_templates()
for package in (tasks, marketplace.web, marketplace.api):
    for found in pkgutil.iter_modules(package.__path__):
        if found.name != "worker":  # it makes an application of its own
            import_module(f"{package.__name__}.{found.name}")
configure_mappers()
