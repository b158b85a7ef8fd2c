"""Accepting at once, on SQLite and on PostgreSQL, as JSON lines.

    python -m bench.accept [--attempts 100000] [--processes 8] [--database sqlite]

Each attempt is a transaction of its own: most take kilograms of a hot harvest
for a hot tranche, every 50th is a whole answer to a proposal. A rate is printed
only beside the number of oversold posts and of broken rules, which must be 0.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from pathlib import Path

from app import create_app
from marketplace.services.invariants import find_violations
from models.database import db, transaction
from tests import markets, servers
from tests.faults import accepting
from tests.faults.accepting import Report, journal


def measure(database: str, attempts: int, processes: int, folder: Path) -> None:
    """Storm a fresh market: answers first, then promises; check what is left."""
    url = markets.new_database(database, "bench_accept", folder)
    chance = random.Random(1)
    app = create_app(markets.testing(url, folder))
    with app.app_context():
        journal.create(db.engine)
        with transaction() as session:
            market = accepting.make_market(
                session, stock_kg=attempts * 25, proposals=max(attempts // 200, 4)
            )
        answers = accepting.answers(market, chance)
        promises = accepting.promises(market, attempts - len(answers), chance)
        reports = [
            accepting.storm(url, folder, part, processes)
            for part in (answers, promises)
        ]
        for part, report in zip(("accept", "promise"), reports, strict=True):
            print(json.dumps(record(database, processes, part, report)), flush=True)
        db.session.remove()
        db.engine.dispose()


def record(
    database: str, processes: int, part: str, report: Report
) -> dict[str, object]:
    """What one part of a storm came to."""
    with transaction() as session:
        return {
            "bench": "accept",
            "database": database,
            "processes": processes,
            "part": part,
            "attempts": report.outcomes.total(),
            "outcomes": dict(sorted(report.outcomes.items())),
            "rate": round(report.rate),
            "p50_ms": report.percentile_ms(50),
            "p99_ms": report.percentile_ms(99),
            "oversold": accepting.oversold(session),
            "miscounted": len(accepting.miscounted(session)),
            "wrongly_refused": len(accepting.wrongly_refused(session, report)),
            # Promises lie in the journal of the bench, not in contracts.
            "violations": len(
                [v for v in find_violations(session) if ".promised_kg" not in v.rule]
            ),
            "retries": dict(report.retries),
            "errors": len(report.errors),
        }


def main() -> None:
    """Print two JSON objects a database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--attempts", type=int, default=100_000)
    parser.add_argument("--processes", type=int, default=accepting.PROCESSES)
    parser.add_argument("--database", choices=markets.DATABASES)
    chosen = parser.parse_args()
    servers.begin_run(measured=True)
    try:
        with tempfile.TemporaryDirectory() as folder:
            for database in [chosen.database] if chosen.database else markets.DATABASES:
                measure(database, chosen.attempts, chosen.processes, Path(folder))
    finally:
        servers.end_run()


if __name__ == "__main__":
    main()
