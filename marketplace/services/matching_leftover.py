"""Why a large shard left something, and what would help, asked for one post.

The price column knows how much is left of whom. One post is weighed against the
other side's posts with the most left, as a small market weighs all of them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.matching import Lot, Market, Need
from marketplace.matching.unmatched import PARTNERS, advise
from marketplace.services.clockwork import HOME
from marketplace.services.matching_held import Held
from marketplace.services.matching_inputs import read_posts
from marketplace.services.matching_unmatched import advice_of
from models.database import db_now
from models.matching import LotPrice, NeedPrice, Unmatched


def unmatched_of_harvest(session: Session, harvest_id: int) -> Unmatched | None:
    """What the latest run left of a harvest, None if nothing."""
    stored = select(Unmatched).where(Unmatched.harvest_id == harvest_id)
    return session.scalars(stored).first() or _left_of_harvest(session, harvest_id)


def _left_of_harvest(session: Session, harvest_id: int) -> Unmatched | None:
    """The same of a large shard, as a row that is not stored."""
    lot = session.scalars(
        select(LotPrice).where(LotPrice.harvest_id == harvest_id, LotPrice.left_kg > 0)
    ).first()
    if lot is None:
        return None
    today = db_now(session).astimezone(HOME).date()
    market = _market(session, lot, today)
    others = select(func.count(NeedPrice.offer_id.distinct()))
    considered = session.scalar(others.where(NeedPrice.product_id == lot.product_id))
    about, _ = advise(market, (), {}, {}, lambda: None)
    changes = about[0].changes if about else ()
    rule = changes[0].code if changes else "competition" if considered else "product"
    return Unmatched(
        harvest_id=harvest_id,
        left_kg=lot.left_kg,
        rule=rule,
        considered=considered or 0,
        advice=advice_of(about[0]) if about else [],
    )


def _market(session: Session, lot: LotPrice, today: date) -> Market:
    """The harvest with what is left of it, and the tranches with the most left."""
    left = {
        tranche: (offer, kg)
        for tranche, offer, kg in session.execute(
            select(NeedPrice.tranche_id, NeedPrice.offer_id, NeedPrice.left_kg)
            .where(NeedPrice.product_id == lot.product_id, NeedPrice.left_kg > 0)
            .order_by(NeedPrice.left_kg.desc(), NeedPrice.tranche_id)
            .limit(PARTNERS)
        )
    }
    offers = {offer for offer, _ in left.values()}
    posts = read_posts(session, [lot.harvest_id], offers, held=Held(), today=today)
    needs = (
        _asking(need, left[need.id][1])
        for need in posts.market.needs
        if need.id in left
    )
    lots = (_selling(one, lot.left_kg) for one in posts.market.lots)
    return replace(posts.market, lots=tuple(lots), needs=tuple(needs))


def _asking(need: Need, left_kg: int) -> Need:
    return replace(need, kg=min(need.kg, left_kg))


def _selling(lot: Lot, left_kg: int) -> Lot:
    """The lot with so much of it; its grades in the same shares."""
    kg = min(lot.kg, left_kg)
    grades = tuple((rank, part * kg // lot.kg) for rank, part in lot.grade_kg)
    return replace(lot, kg=kg, grade_kg=grades)
