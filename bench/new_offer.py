"""How long a new offer waits for its ten best lots, by the stored price column.

`bare` is one indexed query for one tranche and nothing else: what the product's
own answer, which adds the reasons, is to be held against.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench.clocks import Clock, server_of
from marketplace.services.clockwork import HOME
from marketplace.services.matching_terms import Carriage, carriage
from marketplace.services.matching_top import explain_best
from models.database import db_now, transaction
from models.matching import LotPrice, NeedPrice

EARTH_KM = 6371.0088
BEST = 10
Record = dict[str, Any]


def measure(count: int = 200) -> Record:
    """Milliseconds of the bare query over `count` tranches taken at random."""
    with transaction(read_only=True) as session:
        costs = carriage(session, db_now(session).astimezone(HOME).date())
        tranches = session.scalars(
            sa.select(NeedPrice.tranche_id).order_by(NeedPrice.tranche_id)
        ).all()
    chosen = np.random.default_rng(1).choice(len(tranches), count)

    def ask(session: Session, tranche: int) -> object:
        return session.execute(best_lots(session.get_one(NeedPrice, tranche), costs))

    return timed(ask, [tranches[n] for n in chosen])


def measure_told(count: int = 200) -> Record:
    """Milliseconds of the product's own answer: the ten best with their reasons."""
    with transaction(read_only=True) as session:
        today = db_now(session).astimezone(HOME).date()
        offers = session.scalars(
            sa.select(NeedPrice.offer_id).distinct().order_by(NeedPrice.offer_id)
        ).all()
    chosen = np.random.default_rng(1).choice(len(offers), count)

    def ask(session: Session, offer: int) -> object:
        return explain_best(session, offer, today=today)

    return timed(ask, [offers[n] for n in chosen])


def timed(ask: Callable[[Session, int], object], ids: list[int]) -> Record:
    """Percentiles of one question asked of many rows, a transaction each.

    `cpu` is what it takes of processors on both sides of the wire: what the wall
    says on a machine on which nobody else works.
    """
    clocks = []
    for id_ in ids:
        clock = Clock(server_of())
        with clock.time("ask"), transaction(read_only=True) as session:
            ask(session, id_)
        clocks.append(clock)
    wall = [1000 * clock.wall["ask"] for clock in clocks]
    cpu = [1000 * clock.spent("ask") for clock in clocks]
    return {
        "asked": len(clocks),
        "p50_ms": float(np.percentile(wall, 50)),
        "p95_ms": float(np.percentile(wall, 95)),
        "worst_ms": max(wall),
        "p50_cpu_ms": float(np.percentile(cpu, 50)),
        "p95_cpu_ms": float(np.percentile(cpu, 95)),
    }


def best_lots(need: NeedPrice, costs: Carriage) -> sa.Select[Any]:
    """The lots that leave the tranche most, at their prices and carried there."""
    chord = sa.func.sqrt(
        (LotPrice.x - need.x) * (LotPrice.x - need.x)
        + (LotPrice.y - need.y) * (LotPrice.y - need.y)
        + (LotPrice.z - need.z) * (LotPrice.z - need.z)
    )
    km = 2 * EARTH_KM * sa.func.asin(chord / 2)
    carry = sa.func.floor(costs.fixed_vnd + 0.5 + costs.rate_vnd * km)
    value = need.bid_vnd - LotPrice.price_vnd - carry
    return (
        sa.select(LotPrice.harvest_id, value)
        .where(
            LotPrice.product_id == need.product_id,
            LotPrice.price_vnd < need.bid_vnd - int(costs.fixed_vnd),
            LotPrice.has.bitwise_and(need.requires) == need.requires,
            LotPrice.first_day <= need.last_day,
            LotPrice.last_day >= need.first_day,
            LotPrice.owner != need.owner,
        )
        .order_by(value.desc(), LotPrice.harvest_id)
        .limit(BEST)
    )
