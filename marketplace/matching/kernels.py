"""How array code is compiled: by numba, cached on disk, free of the interpreter's lock.

Kernels never start threads of their own (a worker that forks must not inherit
any); whoever calls them spreads ranges of rows over a pool. The first use on a
machine compiles, later processes load the cache. A kernel holds constants and
functions of other modules, which numba does not look at when it asks whether a
cached kernel is stale; therefore the cache lies in a folder named by a digest
of all sources here, under NUMBA_CACHE_DIR or beside them.

numba itself is loaded with the first call: a process that only serves pages
or delivers letters never needs it, and starts half a second earlier without.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar, cast

Function = TypeVar("Function", bound=Callable[..., object])


class _Waiting:
    """A function that is compiled, with all that wait, when it is first called."""

    def __init__(self, function: Callable[..., Any], options: dict[str, Any]) -> None:
        self.function, self.options = function, options
        self.compiled: Callable[..., Any] | None = None
        self.__doc__, self.__name__ = function.__doc__, function.__name__
        _waiting.append(self)

    def __call__(self, *arguments: Any) -> Any:
        if self.compiled is None:
            _compile_all()
        return cast("Callable[..., Any]", self.compiled)(*arguments)


_waiting: list[_Waiting] = []
_one_at_a_time = Lock()


def _compile_all() -> None:
    """Hand every waiting function to numba; they know each other only compiled."""
    from numba import config, njit

    with _one_at_a_time:
        config.CACHE_DIR = _cache(config.CACHE_DIR)  # type: ignore[attr-defined]
        made = {one: njit(**one.options)(one.function) for one in _waiting}
        for one in made:
            known = one.function.__globals__
            for name in one.function.__code__.co_names:
                if isinstance(other := known.get(name), _Waiting):
                    known[name] = other.compiled or made[other]
        for one, compiled in made.items():  # last: other threads may call it now
            one.compiled = compiled
        _waiting.clear()


def _cache(named: str) -> str:
    here = Path(__file__).resolve().parent
    sources = b"".join(path.read_bytes() for path in sorted(here.glob("*.py")))
    folder = f"kernels-{hashlib.sha256(sources).hexdigest()[:16]}"
    if Path(named).name == folder:
        return named
    base = Path(named) if named else here / "__pycache__"
    if not named and not os.access(here, os.W_OK):
        base = Path(tempfile.gettempdir()) / f"matching-kernels-{os.getuid()}"
    return str(base / folder)


def kernel(function: Function) -> Function:
    """Compile on first use for the types it is then given."""
    return cast(Function, _Waiting(function, {"cache": True, "nogil": True}))


def inner(function: Function) -> Function:
    """Part of the innermost loop: written into the kernels that call it."""
    return cast(Function, _Waiting(function, {"inline": "always"}))
