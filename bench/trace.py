"""From a box to its plots, from a plot to all boxes, and what software asks of events.

    ./dev bench trace [--events 1000000] [--database postgres] [--asks 200]

Asked in turn of a tenth of the events and of all of them, through the product's own
services; `growth` is the exponent by which the middle answer grows with the events.
SQLite is asked at a tenth alone. The goal is under a second for every answer.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from math import log
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import create_app
from bench.filling.lots import fill
from bench.store import analyse
from marketplace.domain.epcis_events import OUR_PREFIX, namespace
from marketplace.domain.epcis_queries import read_query
from marketplace.services.epcis_query import EventsOf
from marketplace.services.lot_graph import lots_of_plot, origins_of
from marketplace.services.lot_trace import read_trace
from models.database import db, transaction
from models.lot_events import LotEvent
from models.lots import Lot, LotHolding, LotLink
from models.plots import Plot
from tests import markets, servers

GOAL_SECONDS = 1.0
BASE = "http://localhost"
OURS = {OUR_PREFIX: namespace(BASE)}
ASKED_OF_EVENTS = {
    "the newest": [],
    "by time of recording": [("orderBy", "recordTime")],
    "of one lot": [("MATCH_anyEPCClass", "LOT")],
    "of a rare step": [("EQ_bizStep", "destroying")],
    "of nothing": [("EQ_bizStep", "storing"), ("EQ_disposition", "destroyed")],
    "by weight": [("GE_quantity_KGM", "100")],
    "by a weight that none has": [("GE_quantity_KGM", "100000000")],
    "of a lot's number": [("EQ_ILMD_cbvmda:lotNumber", "250101-000000")],
    "best before": [("LT_ILMD_cbvmda:bestBeforeDate", "2000-01-01")],
    "of a company": [("MATCH_anyEPCClass", "urn:epc:idpat:sgtin:9520001.*.*")],
    "with a note": [("EQ_lk:note", "của không ai")],
}
Record = dict[str, Any]


def measure_on(database: str, events: int, asks: int, folder: Path) -> Iterator[Record]:
    """Two records: p50 and p95 of each question, in seconds."""
    url = markets.new_database(database, f"bench_trace_{events}", folder)
    app = create_app(markets.testing(url, folder))
    with app.app_context():
        with transaction() as session:
            written = fill(session, events)
        analyse(database)
        about = {"database": database, "events": written}
        with transaction(read_only=True) as session:
            boxes = _some(session, LotLink.child_id, asks)
            plots = _some(session, Plot.id, asks)
            tellers = _busiest(session, min(asks, 20))
        yield about | {"what": "box to plots"} | _ask(boxes, _box_to_plots)
        yield about | {"what": "plot to boxes"} | _ask(plots, _plot_to_boxes)
        for what, pairs in ASKED_OF_EVENTS.items():
            yield about | {"what": f"events: {what}"} | _ask(tellers, _events(pairs))
        db.session.remove()
        db.engine.dispose()


def _some(session: Session, column: Any, count: int) -> list[int]:
    """So many ids, drawn by a seed."""
    known = session.scalars(sa.select(column).distinct().order_by(column)).all()
    return random.Random(11).sample(known, min(count, len(known)))


def _box_to_plots(session: Session, lot: int) -> int:
    return len(origins_of(session, [lot]))


def _plot_to_boxes(session: Session, plot: int) -> int:
    """Every lot made of what grew there, with holders: what the page shows."""
    trace = read_trace(session, lots_of_plot(session, plot))
    return len(trace.lots)


def _busiest(session: Session, count: int) -> list[int]:
    """The organisations that tell most, and those that get most of others."""
    found: list[int] = []
    for column in (LotEvent.organisation_id, LotEvent.to_organisation_id):
        many = sa.select(column).where(column.is_not(None)).group_by(column)
        found += session.scalars(
            many.order_by(sa.func.count().desc()).limit(count // 2)
        )
    return found


def _events(pairs: Sequence[tuple[str, str]]) -> Callable[[Session, int], int]:
    """A page of the simple event query; a lot of the organisation stands for `LOT`."""

    def ask(session: Session, organisation_id: int) -> int:
        held = sa.select(Lot.public_id).join(LotHolding, LotHolding.lot_id == Lot.id)
        held = held.where(LotHolding.organisation_id == organisation_id)
        lot = session.scalars(held.order_by(Lot.id.desc()).limit(1)).first()
        told = [
            (name, value.replace("LOT", f"{BASE}/lo/{lot}")) for name, value in pairs
        ]
        found = EventsOf(session, organisation_id, BASE)
        return len(found.page(read_query(told, OURS)).events)

    return ask


def _ask(ids: list[int], question: Callable[[Session, int], int]) -> Record:
    took, rows = [], 0
    for one in ids:
        with transaction() as session:  # events get their ids when they are told
            begun = time.perf_counter()
            rows += question(session, one)
            took.append(time.perf_counter() - begun)
    took.sort()
    p50, p95 = took[len(took) // 2], took[int(len(took) * 0.95)]
    return {
        "asks": len(took),
        "rows": rows / len(took),
        "p50": p50,
        "p95": p95,
        "most": took[-1],
        "passed": p95 < GOAL_SECONDS,
    }


def grown(small: Record, large: Record) -> Record:
    """The exponent by which the middle answer grew; 1 would be in step with events."""
    steps = log(large["events"] / small["events"])
    return {
        "what": f"growth, {large['what']}",
        "database": large["database"],
        "growth": log(large["p50"] / small["p50"]) / steps,
    }


def measure(events: int, asks: int, databases: tuple[str, ...]) -> Iterator[Record]:
    """All records; a server of the run must be at hand."""
    with tempfile.TemporaryDirectory(prefix="lienket-trace-") as name:
        folder = Path(name)
        for database in databases:
            small = list(measure_on(database, events // 10, asks, folder))
            yield from small
            if database == "postgres":
                large = list(measure_on(database, events, asks, folder))
                yield from large
                yield from map(grown, small, large)


def main() -> None:
    """Print JSON lines; ends with 1 if a goal was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--asks", type=int, default=200)
    parser.add_argument("--database", choices=markets.DATABASES)
    chosen = parser.parse_args()
    databases = (chosen.database,) if chosen.database else markets.DATABASES
    missed = 0
    servers.begin_run(measured=True)
    try:
        for record in measure(chosen.events, chosen.asks, databases):
            missed += record.get("passed") is False
            print(json.dumps({"bench": "trace", **record}), flush=True)
    finally:
        servers.end_run()
    raise SystemExit(1 if missed else 0)


if __name__ == "__main__":
    main()
