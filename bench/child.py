"""One contestant in a process of its own: load, warm up, solve, hand in.

    python -m bench.child PEER INSTANCE_FOLDER ANSWER.npz

Prints one JSON object. Loading libraries, compiled kernels and, for the peers
on databases, rows happens before the clock starts and is told apart. Peak
memory is that of the whole process.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
import types
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
WARM_UP = "XS"


def leave_out_the_engine() -> None:
    """Let a peer see the names of the columns and nothing else of ours.

    It would pay for it in memory, and OR-Tools cannot be loaded beside highspy:
    both bring a library of the same name, each unfit for the other.
    """
    package = types.ModuleType("marketplace.matching")
    package.__path__ = [str(ROOT / "marketplace" / "matching")]
    sys.modules["marketplace.matching"] = package


def main() -> None:
    """See the module."""
    name, folder, path = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    if not name.startswith("ours"):
        leave_out_the_engine()
    began = time.perf_counter()
    peer, problem = start(name, folder)
    started = time.perf_counter() - began
    wall, processor = time.perf_counter(), time.process_time()
    answer = peer.solve(problem)
    spent = {
        "wall_seconds": time.perf_counter() - wall,
        "cpu_seconds": time.process_time() - processor,
        "start_seconds": started,
        "peak_mb": peak_mb(),
    }
    from bench import answers

    answers.save(answer, path)
    sys.stdout.write(json.dumps(spent) + "\n")


def start(name: str, folder: Path) -> tuple[Any, Any]:
    """The contestant, warmed up on a tiny instance, and what it is to solve."""
    import importlib

    peer = importlib.import_module(f"bench.peers.{name}")
    from bench import instances

    tiny, problem = instances.make(WARM_UP), instances.load(folder)
    prepare = getattr(peer, "prepare", None)
    if prepare:
        prepare(tiny)
    peer.solve(tiny)
    if prepare:
        prepare(problem)
    return peer, problem


def peak_mb() -> int:
    """Most memory this program held at once; a fork's share of its parent apart."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text().splitlines()
        found = next(line for line in lines if line.startswith("VmHWM"))
        return int(found.split()[1]) // 1024
    unit = 2**20 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // unit


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)  # not to wait for a library that tidies up gigabytes
