"""The database's part: rows to proposals stored, and one new offer, at size L.

    ./dev bench store [--size L] [--database postgres] [--shards 2]

The instance is written into the product's own tables, read, solved and stored
by the product's own services, shard by shard, in this one process; the compiled
kernels are loaded before. `over_solver` is what reading and storing add to
solving, in processor seconds of this process and of the database's server; with
others at work on the machine the wall says little.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app import create_app
from bench import instances, new_offer
from bench.clocks import Clock, server_of
from bench.filling.tables import fill
from marketplace.matching.allocate import allocate
from marketplace.services.clockwork import HOME
from marketplace.services.matching import read_shard, store_shard
from marketplace.services.matching_runs import Order, begin_shard, plan_run
from models.database import db, db_now, transaction
from models.matching import MatchRun, MatchShard
from tests import markets, servers

WARM_UP = "XS"
Record = dict[str, Any]


def measure(
    size: str = "L",
    databases: tuple[str, ...] = markets.DATABASES,
    most: int | None = None,
) -> Iterator[Record]:
    """Records of each database; a server of the run must be at hand.

    Of the run only the first shards are taken if `most` says how many.
    """
    allocate(instances.make(WARM_UP))
    with tempfile.TemporaryDirectory(prefix="lienket-store-") as folder:
        for database in databases:
            yield from measure_on(database, size, Path(folder), most)


def measure_on(
    database: str, size: str, folder: Path, most: int | None
) -> Iterator[Record]:
    """Fill, run, and ask for the partners of new offers."""
    url = markets.new_database(database, "bench_store", folder)
    app = create_app(replace(markets.testing(url, folder), worker=True))
    about = {"database": database, "size": size}
    with app.app_context():
        clock = Clock(server_of())
        with clock.time("fill"), transaction() as session:
            if clock.server:  # no query of the product's fills a nation at once
                session.execute(sa.text("SET LOCAL statement_timeout = 0"))
            fill(session, instances.make(size))
        analyse(database)
        run = run_all(clock, most)
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


def run_all(clock: Clock, most: int | None = None) -> Record:
    """One run over all shards, or over the first, each step a transaction as in the task."""
    with transaction() as session:
        run = plan_run(session, Order("command", db_now(session)))
        shards = [shard.id for shard in run.shards]
    for shard in shards[:most]:
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
    return (
        run
        | clock.told()
        | {
            "over_solver": clock.spent("read", "store") / clock.spent("solve"),
            "over_solver_wall": (clock.wall["read"] + clock.wall["store"])
            / clock.wall["solve"],
        }
    )


def main() -> None:
    """Print JSON lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=instances.SIZES, default="L")
    parser.add_argument("--database", choices=markets.DATABASES)
    parser.add_argument("--shards", type=int, help="only so many of the run")
    chosen = parser.parse_args()
    databases = (chosen.database,) if chosen.database else markets.DATABASES
    servers.begin_run(measured=True)
    try:
        for record in measure(chosen.size, databases, chosen.shards):
            print(json.dumps({"bench": "store", **record}), flush=True)
    finally:
        servers.end_run()


if __name__ == "__main__":
    main()
