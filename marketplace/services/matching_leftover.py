"""What a run left of a post, why, and what would help; large shards on request.

A small shard stores it. Of a large one the price column knows how much is left
of whom: one post is then weighed against the other side's posts with the most
left, as a small market weighs all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.matching import Lot, Market, Need
from marketplace.matching import Unmatched as Remaining
from marketplace.matching.unmatched import PARTNERS, advise
from marketplace.services.clockwork import HOME
from marketplace.services.matching_held import Held
from marketplace.services.matching_inputs import read_posts
from marketplace.services.matching_unmatched import advice_of
from models.database import db_now
from models.matching import LotPrice, NeedPrice, Unmatched
from models.offers import Tranche

Kilograms = Mapping[int, int]
Needs = Mapping[int, tuple[int, int]]
"""By tranche its offer, and the kilograms left."""


def unmatched_of_harvest(session: Session, harvest_id: int) -> Unmatched | None:
    """What the latest run left of a harvest, None if nothing."""
    stored = select(Unmatched).where(Unmatched.harvest_id == harvest_id)
    return session.scalars(stored).first() or _left_of_harvest(session, harvest_id)


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
    return [(tranche, left) for tranche, left in rows] or _left_of_offer(
        session, offer_id
    )


def _left_of_harvest(session: Session, harvest_id: int) -> Unmatched | None:
    """The same of a large shard, as a row that is not stored."""
    lot = session.scalars(
        select(LotPrice).where(LotPrice.harvest_id == harvest_id, LotPrice.left_kg > 0)
    ).first()
    if lot is None:
        return None
    needs: Needs = {
        tranche: (offer, kg)
        for tranche, offer, kg in session.execute(
            select(NeedPrice.tranche_id, NeedPrice.offer_id, NeedPrice.left_kg)
            .where(NeedPrice.product_id == lot.product_id, NeedPrice.left_kg > 0)
            .order_by(NeedPrice.left_kg.desc(), NeedPrice.tranche_id)
            .limit(PARTNERS)
        )
    }
    market = _market(session, {harvest_id: lot.left_kg}, needs)
    others = select(func.count(NeedPrice.offer_id.distinct()))
    seen = session.scalar(others.where(NeedPrice.product_id == lot.product_id)) or 0
    about = next(iter(advise(market, (), {}, {}, _go_on)[0]), None)
    return _row(about, lot.left_kg, seen, harvest_id=harvest_id)


def _left_of_offer(session: Session, offer_id: int) -> list[tuple[Tranche, Unmatched]]:
    rows = session.execute(
        select(Tranche, NeedPrice)
        .join(NeedPrice, NeedPrice.tranche_id == Tranche.id)
        .where(Tranche.offer_id == offer_id, NeedPrice.left_kg > 0)
        .order_by(Tranche.number)
    ).all()
    if not rows:
        return []
    product = rows[0][1].product_id
    lots = _lots_left(session, product)
    needs = {need.tranche_id: (offer_id, need.left_kg) for _, need in rows}
    market = _market(session, lots, needs)
    others = select(func.count(LotPrice.harvest_id.distinct()))
    seen = session.scalar(others.where(LotPrice.product_id == product)) or 0
    about = {one.id: one for one in advise(market, (), {}, {}, _go_on)[1]}
    return [
        (tranche, _row(about.get(tranche.id), need.left_kg, seen, tranche=tranche.id))
        for tranche, need in rows
    ]


def _lots_left(session: Session, product: int) -> Kilograms:
    """By harvest, those with the most left."""
    most = func.max(LotPrice.left_kg)
    rows = session.execute(
        select(LotPrice.harvest_id, most)
        .where(LotPrice.product_id == product, LotPrice.left_kg > 0)
        .group_by(LotPrice.harvest_id)
        .order_by(most.desc(), LotPrice.harvest_id)
        .limit(PARTNERS)
    )
    return {row.harvest_id: row[1] for row in rows}


def _go_on() -> None:
    """Nobody stops the advice for one post."""


def _row(
    about: Remaining | None,
    left_kg: int,
    considered: int,
    *,
    harvest_id: int | None = None,
    tranche: int | None = None,
) -> Unmatched:
    changes = about.changes if about else ()
    rule = changes[0].code if changes else "competition" if considered else "product"
    return Unmatched(
        harvest_id=harvest_id,
        tranche_id=tranche,
        left_kg=left_kg,
        rule=rule,
        considered=considered,
        advice=advice_of(about) if about else [],
    )


def _market(session: Session, lots: Kilograms, needs: Needs) -> Market:
    """These posts with what is left of them."""
    today = db_now(session).astimezone(HOME).date()
    offers = {offer for offer, _ in needs.values()}
    posts = read_posts(session, lots.keys(), offers, held=Held(), today=today)
    return replace(
        posts.market,
        lots=tuple(_selling(lot, lots[lot.id]) for lot in posts.market.lots),
        needs=tuple(
            _asking(need, needs[need.id][1])
            for need in posts.market.needs
            if need.id in needs
        ),
    )


def _asking(need: Need, left_kg: int) -> Need:
    return replace(need, kg=min(need.kg, left_kg))


def _selling(lot: Lot, left_kg: int) -> Lot:
    """The lot with so much of it; its grades in the same shares."""
    kg = min(lot.kg, left_kg)
    grades = tuple((rank, part * kg // lot.kg) for rank, part in lot.grade_kg)
    return replace(lot, kg=kg, grade_kg=grades)
