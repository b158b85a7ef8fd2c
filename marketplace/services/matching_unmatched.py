"""What a run left over, why, and what would help: stored, and read back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from marketplace.domain.masks import names_of
from marketplace.matching import Change, Result
from marketplace.matching import Unmatched as Left
from marketplace.services.matching_inputs import Snapshot
from models.matching import MatchRun, Unmatched
from models.offers import Tranche

MOST_CHANGES = 3
DAYS = ("from_day", "until_day")


def keep_unmatched(session: Session, run: MatchRun) -> None:
    """The market is as it was: what was left before is left after this run."""
    session.execute(update(Unmatched).values(run_id=run.id))


def store_unmatched(
    session: Session, snapshot: Snapshot, result: Result, run: MatchRun
) -> None:
    """Replace what earlier runs left by what this one leaves."""
    session.execute(delete(Unmatched))
    session.add_all(_rows(snapshot, result, run.id))


def _rows(snapshot: Snapshot, result: Result, run_id: int) -> Iterable[Unmatched]:
    for left in result.unmatched_lots:
        seen = result.lot_stages.get(left.id, {}).get("product", 0)
        yield _row(left, run_id, seen, harvest_id=left.id)
    for left in result.unmatched_needs:
        offer = snapshot.market.need[left.id].offer
        seen = result.offer_stages.get(offer, {}).get("product", 0)
        yield _row(left, run_id, seen, tranche_id=left.id)


def _row(left: Left, run_id: int, considered: int, **side: int) -> Unmatched:
    return Unmatched(
        run_id=run_id,
        left_kg=left.kg,
        rule=left.binding,
        considered=considered,
        advice=[_told(change) for change in left.changes[:MOST_CHANGES]],
        **side,
    )


def _told(change: Change) -> dict[str, Any]:
    """A change as data: days as ISO dates, masks as names."""
    params: dict[str, Any] = dict(change.params)
    for name in DAYS:
        if name in params:
            params[name] = date.fromordinal(int(params[name])).isoformat()
    if "mask" in params:
        params["names"] = names_of(int(params.pop("mask")))
    return {"code": change.code, "kg": change.kg, **params}


def unmatched_of_harvest(session: Session, harvest_id: int) -> Unmatched | None:
    """What the latest run left of a harvest, None if nothing."""
    return session.scalars(
        select(Unmatched).where(Unmatched.harvest_id == harvest_id)
    ).first()


def unmatched_of_offer(
    session: Session, offer_id: int
) -> list[tuple[Tranche, Unmatched]]:
    """What the latest run left of the tranches of an offer, in their order."""
    rows = session.execute(
        select(Tranche, Unmatched)
        .join(Unmatched, Unmatched.tranche_id == Tranche.id)
        .where(Tranche.offer_id == offer_id)
        .order_by(Tranche.number)
    )
    return [(tranche, left) for tranche, left in rows]
