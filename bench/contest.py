"""Contestants turn by turn, each run a fresh process with limits of its own.

A run that takes too long or too much memory is ended and told as a row. What
is handed in is verified in another process before a time is believed.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from bench.child import ROOT

Record = dict[str, Any]
PERIOD_SECONDS = 0.05


class Limits(NamedTuple):
    """What a run may take: wall seconds after its start, megabytes."""

    seconds: float = 600
    memory_mb: int = 14_000


class Failed(Exception):
    """A contestant ended without an answer; the text says how."""


def run(name: str, folder: Path, answer: Path, limits: Limits) -> Record:
    """One fresh process; its times in seconds and its peak in megabytes."""
    return execute("bench.child", [name, folder, answer], limits)


def execute(module: str, words: list[object], limits: Limits) -> Record:
    """The JSON object that a program prints; Failed if it does not come to that."""
    command = [sys.executable, "-m", module, *map(str, words)]
    with tempfile.NamedTemporaryFile("w+") as errors:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True
        )
        try:
            _watch(process, limits)
        finally:
            process.kill()
        said, _ = process.communicate()
        if process.returncode:
            errors.seek(0)
            lines = errors.read().strip().splitlines()
            raise Failed(lines[-1] if lines else f"ended by {process.returncode}")
    record: Record = json.loads(said.splitlines()[-1])
    return record


def _watch(process: subprocess.Popen[str], limits: Limits) -> None:
    """Until it has ended; Failed as soon as a limit is passed."""
    began = time.monotonic()
    while True:
        try:
            process.wait(PERIOD_SECONDS)
            return
        except subprocess.TimeoutExpired:
            pass
        if time.monotonic() - began > limits.seconds:
            raise Failed(f"not done within {limits.seconds:.0f} s")
        if held_mb(process.pid) > limits.memory_mb:
            spent = time.monotonic() - began
            raise Failed(f"more than {limits.memory_mb} MB after {spent:.0f} s")


def held_mb(pid: int) -> int:
    """Memory a process holds now; 0 where the system does not tell."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * 4096 // 2**20


def verified(folder: Path, answer: Path) -> Record:
    """The verdict on an answer; Failed if it breaks a rule or claims too much."""
    return execute("bench.verify", [folder, answer], Limits(3600))


def contest(
    names: list[str],
    folder: Path,
    *,
    rounds: dict[str, int],
    limits: Limits,
) -> tuple[dict[str, list[Record]], dict[str, str]]:
    """A B A B: the runs of each contestant, and how those failed that did.

    One who fails does not come on again. Every answer is verified.
    """
    runs: dict[str, list[Record]] = {name: [] for name in names}
    failed: dict[str, str] = {}
    for turn in range(max(rounds.values(), default=0)):
        for name in names:
            if turn >= rounds[name] or name in failed:
                continue
            path = folder / f"{name}-{turn}.npz"
            try:
                record = run(name, folder, path, limits)
                record |= verified(folder, path)
            except Failed as fault:
                failed[name] = str(fault)
                continue
            runs[name].append(record)
    return runs, failed


def middle(runs: list[Record], key: str) -> float:
    """The median of a number over the runs."""
    return float(median(run[key] for run in runs))
