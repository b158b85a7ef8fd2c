"""What a run left over, why, and what would help: stored as data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from marketplace.domain.masks import names_of
from marketplace.matching import Change, Result
from marketplace.matching import Unmatched as Remaining
from marketplace.services.matching_inputs import Snapshot
from marketplace.services.matching_solved import Left
from models.bulk import insert_rows
from models.harvests import Harvest
from models.matching import Unmatched
from models.offers import Offer, Tranche

MOST_CHANGES = 3
DAYS = ("from_day", "until_day")


def store_unmatched(
    session: Session, run_id: int, products: Sequence[int], left: Iterable[Left]
) -> None:
    """Replace what earlier runs left of these products by what this one leaves."""
    harvests = select(Harvest.id).where(Harvest.product_id.in_(products))
    tranches = select(Tranche.id).join(Offer).where(Offer.product_id.in_(products))
    gone = or_(Unmatched.harvest_id.in_(harvests), Unmatched.tranche_id.in_(tranches))
    session.execute(
        delete(Unmatched).where(gone).execution_options(synchronize_session=False)
    )
    rows = ((run_id, *one) for one in left)
    insert_rows(session, Unmatched, ("run_id", *Left._fields), rows)


def left_of(snapshot: Snapshot, result: Result) -> Iterator[Left]:
    """What a result leaves, with the rule that binds and what would help."""
    for lot in result.unmatched_lots:
        seen = result.lot_stages.get(lot.id, {}).get("product", 0)
        yield Left(lot.id, None, lot.kg, lot.binding, seen, advice_of(lot))
    for need in result.unmatched_needs:
        offer = snapshot.market.need[need.id].offer
        seen = result.offer_stages.get(offer, {}).get("product", 0)
        yield Left(None, need.id, need.kg, need.binding, seen, advice_of(need))


def advice_of(left: Remaining) -> list[Any]:
    """The changes that would help most, as data."""
    return [_told(change) for change in left.changes[:MOST_CHANGES]]


def _told(change: Change) -> dict[str, Any]:
    """A change as data: days as ISO dates, masks as names."""
    params: dict[str, Any] = dict(change.params)
    for name in DAYS:
        if name in params:
            params[name] = date.fromordinal(int(params[name])).isoformat()
    if "mask" in params:
        params["names"] = names_of(int(params.pop("mask")))
    return {"code": change.code, "kg": change.kg, **params}
