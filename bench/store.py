"""The database's part: rows to proposals stored, and one new offer, at size L.

    ./dev bench store [--size L] [--database postgres] [--offers 200]

The instance is written into the product's own tables, read, solved and stored
by the product's own services, shard by shard, in this one process.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app import create_app
from bench import instances, new_offer
from bench.filling.tables import fill
from marketplace.services.clockwork import HOME
from marketplace.services.matching import read_shard, store_shard
from marketplace.services.matching_runs import Order, begin_shard, plan_run
from models.database import db, db_now, transaction
from models.matching import MatchRun, MatchShard
from tests import markets, servers

Record = dict[str, Any]


class Clock:
    """Seconds by stage: of the wall, and of this process' processors."""

    def __init__(self) -> None:
        self.wall: Counter[str] = Counter()
        self.processor: Counter[str] = Counter()

    @contextmanager
    def time(self, stage: str) -> Iterator[None]:
        """Add what the block takes."""
        wall, processor = time.perf_counter(), time.process_time()
        yield
        self.wall[stage] += time.perf_counter() - wall
        self.processor[stage] += time.process_time() - processor


def measure(
    size: str = "L", databases: tuple[str, ...] = markets.DATABASES
) -> Iterator[Record]:
    """Two records a database; a server of the run must be at hand."""
    with tempfile.TemporaryDirectory(prefix="lienket-store-") as folder:
        for database in databases:
            yield from measure_on(database, size, Path(folder))


def measure_on(database: str, size: str, folder: Path) -> Iterator[Record]:
    """Fill, run, and ask for the partners of new offers."""
    url = markets.new_database(database, "bench_store", folder)
    app = create_app(markets.testing(url, folder))
    about = {"database": database, "size": size}
    with app.app_context():
        clock = Clock()
        with clock.time("fill"), transaction() as session:
            fill(session, instances.make(size))
        analyse(database)
        run = run_all(clock)
        yield about | {"what": "rows to proposals"} | told(clock, run)
        yield about | {"what": "new offer, bare query"} | new_offer.measure()
        yield about | {"what": "new offer, with reasons"} | new_offer.measure_told()
        db.session.remove()
        db.engine.dispose()


def analyse(database: str) -> None:
    """Let the planner see what was filled in, as a server does by itself."""
    words = "VACUUM ANALYZE" if database == "postgres" else "ANALYZE"
    with db.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.execute(sa.text(words))


def run_all(clock: Clock) -> Record:
    """One run over all shards, each step a transaction as in the task."""
    with transaction() as session:
        run = plan_run(session, Order("command", db_now(session)))
        shards = [shard.id for shard in run.shards]
    for shard in shards:
        run_shard(shard, clock)
    with transaction(read_only=True) as session:
        run = session.scalars(sa.select(MatchRun)).one()
        return {
            name: getattr(run, name)
            for name in ("surplus_vnd", "bound_vnd", "proposals_new", "matched_kg")
        } | {"state": run.state.value, "shards": len(shards)}


def run_shard(shard_id: int, clock: Clock) -> None:
    """Read, solve, store."""
    with transaction() as session:
        now = db_now(session)
        products = list(begin_shard(session, shard_id, now=now).products)
    today = now.astimezone(HOME).date()
    with clock.time("read"), transaction(read_only=True, snapshot=True) as session:
        reading = read_shard(session, products, today=today)
    with clock.time("solve"):
        solved = reading.solve()
    with clock.time("store"), transaction() as session:
        shard = session.get_one(MatchShard, shard_id)
        store_shard(session, shard, reading, solved, today=today, now=now)


def told(clock: Clock, run: Record) -> Record:
    """Seconds by stage, and what reading and storing add to solving."""
    stages = {
        f"{stage}_{kind}": seconds
        for kind, clocks in (("wall", clock.wall), ("cpu", clock.processor))
        for stage, seconds in clocks.items()
    }
    added = clock.wall["read"] + clock.wall["store"]
    return run | stages | {"over_solver": added / clock.wall["solve"]}


def main() -> None:
    """Print JSON lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=instances.SIZES, default="L")
    parser.add_argument("--database", choices=markets.DATABASES)
    chosen = parser.parse_args()
    databases = (chosen.database,) if chosen.database else markets.DATABASES
    servers.begin_run()
    try:
        for record in measure(chosen.size, databases):
            print(json.dumps({"bench": "store", **record}), flush=True)
    finally:
        servers.end_run()


if __name__ == "__main__":
    main()
