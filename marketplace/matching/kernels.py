"""How array code is compiled: by numba, cached on disk, free of the interpreter's lock.

Kernels never start threads of their own (a worker that forks must not inherit
any); whoever calls them spreads ranges of rows over a pool. The first use on a
machine compiles, later processes load the cache. Where the source cannot be
written to, NUMBA_CACHE_DIR names a place that can.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from numba import njit  # type: ignore[import-untyped]

Function = TypeVar("Function", bound=Callable[..., object])


def kernel(function: Function) -> Function:
    """Compile on first use for the types it is then given."""
    return cast(Function, njit(cache=True, nogil=True)(function))


def inner(function: Function) -> Function:
    """Part of the innermost loop: written into the kernels that call it.

    A call of its own would count references to every column it is given.
    """
    return cast(Function, njit(inline="always")(function))
