"""The authority's board and the night of the chains, at one tenth and at full size.

    ./dev bench chains [--cooperatives 20000] [--workers 2] [--asked 100] [--stay]
    ./dev bench chains --database URL

A province is written into the product's own tables of a PostgreSQL server: ten
contracts and three chains a cooperative. The past of 6,000 chains is evaluated by
the product's own jobs, in as many processes as there are workers, and copied to
those that live like them; then all chains are evaluated for the next day, then
what is due on the day after. Then an officer of the province asks for the board.
The same at one tenth comes first, and last how both grow. With `--stay` the server
then waits to be interrupted, and another run may ask its databases again, changed
code and all, without filling and evaluating them.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import create_app
from bench.filling.chains import Province, copy_past, fill, let_wait
from bench.pages import pages
from bench.store import analyse
from marketplace.domain.words import ChainKind
from marketplace.services.board import (
    chain_matrix,
    declared_beside,
    headline,
    register_figures,
    trend,
)
from marketplace.services.chain_kept_days import note_change
from marketplace.services.chain_runs import OVERLAP, SHARD, plan_run
from marketplace.services.chain_sums import keep_sums
from marketplace.services.days import day_of
from marketplace.services.figures import count_chains_on
from marketplace.services.invariants_chains import CHECKS_OF_CHAINS
from marketplace.web.board import METRICS
from models.chain_days import ChainInterval, ChainRun
from models.chain_sums import ChainChange
from models.contracts import Contract
from models.database import db, transaction
from models.jobs import Job
from models.papers import Certificate
from models.reference import AdminUnit
from tasks.runner import run_next_job
from tests import markets, servers

Record = dict[str, Any]
GOAL_MS = 300
GOALS = ("/tong-quan/", "/giay-to/sap-het-han", "/chuoi/")
THURSDAY = 3
GLANCE = 0.05  # seconds


def measure(cooperatives: int, workers: int, asked: int) -> Iterator[Record]:
    """Everything of one size; a server of the run must be at hand."""
    with tempfile.TemporaryDirectory(prefix="lienket-chains-") as folder:
        name = f"bench_chains_{cooperatives}"
        url = markets.new_database("postgres", name, Path(folder))
        yield {"what": "database", "url": url}
        app = create_app(markets.testing(url, Path(folder)))
        with app.app_context():
            today = a_weekday(day_of(datetime.now(UTC)))
            began = time.perf_counter()
            with transaction() as session:
                here = fill(session, cooperatives, today)
                let_wait(session, here)
            analyse("postgres")
            yield {"what": "filled", "seconds": time.perf_counter() - began}
            with crew(url, Path(folder), workers):
                yield from nights(here, workers)
            let_a_day_pass()
            analyse("postgres")
            yield from boards(today, asked)
            yield from pages(app, asked)
            yield {"what": "checked", **checked(today)}
            db.session.remove()
            db.engine.dispose()


def ask_again(url: str, asked: int) -> Iterator[Record]:
    """Only what an officer asks, of a database that a run left behind."""
    with tempfile.TemporaryDirectory(prefix="lienket-chains-") as folder:
        app = create_app(markets.testing(url, Path(folder)))
        with app.app_context():
            with transaction(read_only=True) as session:
                today = session.scalars(sa.select(sa.func.max(ChainRun.day))).one()
            let_a_day_pass()
            yield from boards(today, asked)
            yield from pages(app, asked)
            db.session.remove()
            db.engine.dispose()


def a_weekday(day: date) -> date:
    """The last Thursday: on Sundays every run is a full one."""
    return day - timedelta(days=(day.weekday() - THURSDAY) % 7)


def nights(here: Province, workers: int) -> Iterator[Record]:
    """The past since the beginning, then all chains, then only what is due."""
    for what, ago, full in (
        ("past evaluated", 2, True),
        ("full evaluation", 1, True),
        ("incremental evaluation", 0, False),
    ):
        if not full:
            change_some()
        yield {"what": what, "workers": workers} | night(here.ago(ago), full=full)
        if what == "past evaluated":
            copy(here)
        analyse("postgres")


def copy(here: Province) -> None:
    """The past of all other chains, and the sums of all past days anew."""
    with transaction() as session:
        copy_past(session, here)
        first = sa.select(sa.func.min(ChainInterval.valid_from))
        note_change(session, session.scalars(first).one())
    more = True
    while more:
        with transaction() as session:
            more = keep_sums(session)


def change_some() -> None:
    """What a day brings: one contract and one paper in a hundred."""
    let_a_day_pass()
    with transaction() as session:
        for table in (Contract, Certificate):
            session.execute(
                sa.update(table).where(table.id % 100 == 0).values(updated_at=_now())
            )


def let_a_day_pass() -> None:
    """What was written before is as old as a day is long; nothing is new since."""
    with transaction() as session:
        session.execute(sa.update(ChainRun).values(started_at=_now() + OVERLAP))


def _now() -> datetime:
    return datetime.now(UTC)


def night(day: date, *, full: bool) -> Record:
    """Plan a run and let the crew end it; seconds from the plan to the last shard."""
    began = time.perf_counter()
    with transaction() as session:
        run = plan_run(session, today=day, now=_now(), full=full)
        about = {"chains": run.chains, "shards": run.shards, "full": run.full}
        id_ = run.id
    planned = time.perf_counter() - began
    while (ended := _ended(id_)) is None:
        time.sleep(GLANCE)
    evaluated = time.perf_counter() - began
    while _is_to_be_summed():
        time.sleep(GLANCE)
    seconds = time.perf_counter() - began
    assert ended == 0, f"{ended} chains could not be evaluated"
    told = {"plan_seconds": planned, "evaluated_seconds": evaluated}
    return about | told | {"seconds": seconds}


def _ended(run: int) -> int | None:
    """How many chains failed, once the run is over."""
    with transaction(read_only=True) as session:
        row = session.get_one(ChainRun, run)
        return row.failed if row.finished_at is not None else None


def _is_to_be_summed() -> bool:
    """Whether days still wait for their sums: the night is over when they have them."""
    with transaction(read_only=True) as session:
        return session.scalars(sa.select(ChainChange.id).limit(1)).first() is not None


@contextmanager
def crew(url: str, folder: Path, workers: int) -> Iterator[None]:
    """So many processes that do jobs, all of them ready, until the block ends."""
    command = [sys.executable, "-m", "bench.chains", "--work", url, "--folder"]
    stop = folder / "stop"
    processes = [subprocess.Popen([*command, str(folder)]) for _ in range(workers)]
    while len(list(folder.glob("ready-*"))) < workers:
        time.sleep(GLANCE)
    try:
        yield
    finally:
        stop.touch()
        assert [process.wait() for process in processes] == [0] * workers


def work(url: str, folder: Path) -> None:
    """What a worker does, without a broker: jobs as they become due."""
    with create_app(markets.testing(url, folder)).app_context():
        (folder / f"ready-{os.getpid()}").touch()
        while not (folder / "stop").exists():
            if not run_next_job():
                time.sleep(GLANCE)


def boards(today: date, asked: int) -> Iterator[Record]:
    """Milliseconds of everything that the board counts, and of each of its parts."""
    with transaction(read_only=True) as session:
        units = session.scalars(sa.select(AdminUnit.id)).all()
    days = np.random.default_rng(1).integers(0, 140, asked).tolist()
    days[::2] = [0] * len(days[::2])  # most look at today
    parts: dict[str, Callable[[Session, date], object]] = {
        "headline": lambda s, on: headline(s, on, on - timedelta(days=365), units),
        "matrix": lambda s, on: chain_matrix(s, on, units, kind=ChainKind.SAFE_SUPPLY),
        "trend": lambda s, on: trend(s, on, units),
        "registers": lambda s, on: register_figures(s, on, units),
        "declared": lambda s, on: declared_beside(s, METRICS, on),
    }

    def board(session: Session, on: date) -> None:
        for part in parts.values():
            part(session, on)

    for name, ask in {"board": board, **parts}.items():
        yield {"what": name} | timed(ask, [today - timedelta(days=d) for d in days])


def timed(ask: Callable[[Session, date], object], days: list[date]) -> Record:
    """Percentiles over the days, a transaction each."""
    spent = []
    for on in days:
        began = time.perf_counter()
        with transaction(read_only=True) as session:
            ask(session, on)
        spent.append(1000 * (time.perf_counter() - began))
    return {
        "asked": len(spent),
        "p50_ms": float(np.percentile(spent, 50)),
        "p95_ms": float(np.percentile(spent, 95)),
        "worst_ms": max(spent),
    }


def checked(today: date) -> Record:
    """That the night lost and doubled nothing, before a time of it is believed."""
    with transaction(read_only=True) as session:
        open_ = sa.select(sa.func.count()).where(ChainInterval.valid_to.is_(None))
        chains = session.scalar(open_.select_from(ChainInterval))
        numbers = count_chains_on(session, today)
        left = sa.select(sa.func.count()).where(
            Job.kind == SHARD, Job.finished_at.is_(None)
        )
        assert session.scalar(left) == 0
        wrong = [one for check in CHECKS_OF_CHAINS for one in check(session)]
        assert wrong == []
        safe = numbers["safe_supply_detail"]
        assert safe["operating"] == safe["cumulative"] - safe["stopped"]
    kinds = {kind.value: numbers[kind.value] for kind in ChainKind}
    return {"chains": chains, **kinds, "operating": safe["operating"]}


def growth(small: list[Record], large: list[Record], times: float) -> Iterator[Record]:
    """Exponent of each time in the number of chains."""
    for before, after in zip(small, large, strict=True):
        key = "seconds" if "seconds" in after else "p95_ms"
        if key in after and after["what"] != "past evaluated":
            exponent = math.log(after[key] / before[key]) / math.log(times)
            yield {"what": after["what"], "exponent": exponent}


def show(part: str, **fields: Any) -> Record:
    """Print one line; numbers to five digits. Returns what was said."""
    short = {
        name: float(f"{value:.5g}") if isinstance(value, float) else value
        for name, value in fields.items()
    }
    print(json.dumps({"bench": "chains", "part": part, **short}), flush=True)
    return short


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cooperatives", type=int, default=20_000)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--asked", type=int, default=100)
    parser.add_argument("--stay", action="store_true")
    parser.add_argument("--database", metavar="URL")
    parser.add_argument("--work", help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.work:
        work(chosen.work, Path(chosen.folder))
        return
    if chosen.database:
        for row in ask_again(chosen.database, chosen.asked):
            show("run", **row)
        return
    told: list[list[Record]] = []
    servers.begin_run(measured=True)
    try:
        for size in (max(chosen.cooperatives // 10, 10), chosen.cooperatives):
            rows = measure(size, chosen.workers, chosen.asked)
            about = {"cooperatives": size, "contracts": 10 * size}
            told.append([show("run", **about, **row) for row in rows])
        conclude(told)
        while chosen.stay:
            time.sleep(1)
    except KeyboardInterrupt:
        pass
    finally:
        servers.end_run()


def conclude(told: list[list[Record]]) -> None:
    """How both sizes compare, and whether the larger reached what is wanted."""
    for row in growth(*told, times=10):
        show("growth", **row)
    for name in ("board", *(f"page {address}" for address in GOALS)):
        (board,) = (row for row in told[-1] if row["what"] == name)
        passed = board["p95_ms"] <= GOAL_MS
        show("goal", goal=f"{name}, p95 ms", wanted=f"<= {GOAL_MS}", passed=passed)


if __name__ == "__main__":
    main()
