"""How array code is compiled: by numba, cached on disk, free of the interpreter's lock.

Kernels never start threads of their own (a worker that forks must not inherit
any); whoever calls them spreads ranges of rows over a pool. The first use on a
machine compiles, later processes load the cache. A kernel holds constants and
functions of other modules, which numba does not look at when it asks whether a
cached kernel is stale; therefore the cache lies in a folder named by a digest
of all sources here, under NUMBA_CACHE_DIR or beside them.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

from numba import config, njit

Function = TypeVar("Function", bound=Callable[..., object])


def _cache() -> str:
    here = Path(__file__).resolve().parent
    sources = b"".join(path.read_bytes() for path in sorted(here.glob("*.py")))
    named = config.CACHE_DIR  # type: ignore[attr-defined]  # NUMBA_CACHE_DIR
    base = Path(named) if named else here / "__pycache__"
    if not named and not os.access(here, os.W_OK):
        base = Path(tempfile.gettempdir()) / f"matching-kernels-{os.getuid()}"
    return str(base / f"kernels-{hashlib.sha256(sources).hexdigest()[:16]}")


config.CACHE_DIR = _cache()  # type: ignore[attr-defined]


def kernel(function: Function) -> Function:
    """Compile on first use for the types it is then given."""
    return cast(Function, njit(cache=True, nogil=True)(function))


def inner(function: Function) -> Function:
    """Part of the innermost loop: written into the kernels that call it."""
    return cast(Function, njit(inline="always")(function))
