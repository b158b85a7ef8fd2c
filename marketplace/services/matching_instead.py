"""Why not that: the nearest other post that fits all rules but the price.

What the matcher weighs is made of floors and ceilings, so the best alternative
by its own measure would tell of them. The nearest one by road is found by what
everybody may see, and its road is what it would cost for certain
(docs/adr/0006). Found by one indexed query in the price column, then judged by
the rules as the posts stand now.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.domain.bargaining import LIVE
from marketplace.domain.words import Side
from marketplace.matching import Reason, Verdict, explain_pair
from marketplace.services.matching_held import Held
from marketplace.services.matching_inputs import Snapshot, read_posts
from models.harvests import Harvest
from models.matching import LotPrice, NeedPrice
from models.offers import Offer
from models.proposals import Proposal

NEAREST = 8
"""How many are judged; the first that passes is told."""


class Instead(NamedTuple):
    """Another harvest or offer, its road, and what a kilogram costs to carry."""

    post: Any
    km: int
    transport_vnd: int


def nearest_other(
    session: Session, proposal: Proposal, side: Side, *, today: date
) -> Instead | None:
    """The nearest other offer of a seller (harvest of a buyer) that would fit.

    Posts that are proposed to the same post already are no alternative.
    """
    sells = side is Side.SELLER
    posts = _near(session, proposal, sells)
    if not posts:
        return None
    harvests = [proposal.harvest_id] if sells else posts
    offers = posts if sells else [proposal.offer_id]
    seen = read_posts(
        session, harvests, offers, held=Held(), today=today, for_new_proposals=True
    )
    found = sorted(filter(None, (_judged(seen, sells, post) for post in posts)))
    if not found:
        return None
    metres, post, transport_vnd = found[0]
    model: Any = Offer if sells else Harvest
    return Instead(session.get_one(model, post), (metres + 500) // 1000, transport_vnd)


def _near(session: Session, proposal: Proposal, sells: bool) -> list[int]:
    own, other = (LotPrice, NeedPrice) if sells else (NeedPrice, LotPrice)
    mine = _post(own) == (proposal.harvest_id if sells else proposal.offer_id)
    place = session.execute(
        select(own.x, own.y, own.z, own.product_id, own.owner).where(mine).limit(1)
    ).first()
    if place is None:
        return []
    first, last = session.execute(
        select(func.min(own.first_day), func.max(own.last_day)).where(mine)
    ).one()
    steps = [getattr(other, axis) - getattr(place, axis) for axis in "xyz"]
    far = func.min(sum(step * step for step in steps))
    wanted = (
        select(_post(other))
        .where(
            other.product_id == place.product_id,
            other.owner != place.owner,
            other.first_day <= last,
            other.last_day >= first,
            _post(other).not_in(_met(proposal, sells)),
        )
        .group_by(_post(other))
        .order_by(far, _post(other))
    )
    return list(session.scalars(wanted.limit(NEAREST)))


def _post(table: Any) -> Any:
    return table.offer_id if table is NeedPrice else table.harvest_id


def _met(proposal: Proposal, sells: bool) -> Any:
    """Posts that have a proposal with the same one on the table."""
    if sells:
        wanted, same = Proposal.offer_id, Proposal.harvest_id == proposal.harvest_id
    else:
        wanted, same = Proposal.harvest_id, Proposal.offer_id == proposal.offer_id
    own = proposal.offer_id if sells else proposal.harvest_id
    return select(wanted).where(same, Proposal.state.in_(LIVE) | (wanted == own))


def _judged(seen: Snapshot, sells: bool, post: int) -> tuple[int, int, int] | None:
    """(metres, post, đồng a kilogram) of the first tranche that would fit."""
    for need in seen.market.needs:
        for lot in seen.market.lots:
            if post == (need.offer if sells else lot.id):
                reasons = explain_pair(lot, need, seen.market)
                if _fits(reasons):
                    road = next(r for r in reasons if r.code == "transport").params
                    return (
                        int(str(road["metres"])),
                        post,
                        int(str(road["transport_vnd"])),
                    )
    return None


def _fits(reasons: Sequence[Reason]) -> bool:
    """Whether every rule holds, the secret one aside."""
    return all(
        reason.verdict is not Verdict.FAIL
        for reason in reasons
        if reason.code != "price"
    )
