"""Whom a post meets best at the stored prices: one indexed query.

At prices of lots and gains of needs that prove a run, what a pair is worth to
whoever comes new is its surplus less what the other side has already. The
distance is that of the chord: an arc of a sphere is a chord c with
2 asin(c / 2) = c (1 + c²/24 + 3 c⁴/640 + ...), metres exact within a country.
"""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from marketplace.matching import Reason, explain_pair
from marketplace.matching.transport import EARTH_KM
from marketplace.services.matching_held import Held
from marketplace.services.matching_inputs import read_posts
from marketplace.services.matching_price_rows import of_offer
from marketplace.services.matching_terms import Carriage, read_terms
from models.matching import LotPrice, NeedPrice

BEST = 10


class Best(NamedTuple):
    """One of the other side: a harvest or an offer, and what a kilogram gains."""

    post: int
    gain_vnd: int


def best_lots(
    session: Session, need: Any, costs: Carriage, limit: int = BEST
) -> list[Best]:
    """The harvests that gain a tranche most; `need` is a row of the price column."""
    gain = need.bid_vnd - LotPrice.price_vnd - _carrying(LotPrice, need, costs)
    wanted = (
        select(LotPrice.harvest_id, gain.label("gain"))
        .where(
            LotPrice.product_id == need.product_id,
            LotPrice.price_vnd < need.bid_vnd,
            LotPrice.has.bitwise_and(need.requires) == need.requires,
            LotPrice.first_day <= need.last_day,
            LotPrice.last_day >= need.first_day,
            LotPrice.owner != need.owner,
        )
        .order_by(gain.desc(), LotPrice.harvest_id)
    )
    return _best(session, wanted, limit)


def best_needs(
    session: Session, lot: Any, costs: Carriage, limit: int = BEST
) -> list[Best]:
    """The offers that gain a harvest most; `lot` is a row of the price column."""
    gain = (
        NeedPrice.bid_vnd
        - NeedPrice.gain_vnd
        - lot.ask_vnd
        - _carrying(NeedPrice, lot, costs)
    )
    wanted = (
        select(NeedPrice.offer_id, gain.label("gain"))
        .where(
            NeedPrice.product_id == lot.product_id,
            NeedPrice.requires.bitwise_and(~lot.has) == 0,
            NeedPrice.first_day <= lot.last_day,
            NeedPrice.last_day >= lot.first_day,
            NeedPrice.owner != lot.owner,
        )
        .order_by(gain.desc(), NeedPrice.tranche_id)
    )
    return _best(session, wanted, limit)


def _carrying(table: Any, own: Any, costs: Carriage) -> Any:
    """Đồng a kilogram between a row of the table and one's own place."""
    x, y, z = (getattr(table, axis) - getattr(own, axis) for axis in "xyz")
    square = x * x + y * y + z * z
    arc = func.sqrt(square) * (1 + square / 24 + square * square * (3 / 640))
    return func.floor(arc * (costs.rate_vnd * EARTH_KM) + (costs.fixed_vnd + 0.5))


def _best(session: Session, wanted: Select[Any], limit: int) -> list[Best]:
    """Each post once, at its best; a post has few rows, so twice as many are read."""
    found: dict[int, int] = {}
    for post, gain in session.execute(wanted.limit(2 * limit)):
        found.setdefault(post, int(gain))
    return [Best(*one) for one in list(found.items())[:limit]]


def explain_best(
    session: Session, offer_id: int, *, today: date
) -> list[tuple[Best, list[Reason]]]:
    """The ten best lots for the first tranche of an offer, each rule by rule."""
    wanted = select(NeedPrice).where(of_offer(offer_id)).order_by(NeedPrice.tranche_id)
    need = session.scalars(wanted.limit(1)).one()
    terms = read_terms(session, today)
    best = best_lots(session, need, terms.carriage)
    harvests = [one.post for one in best]
    posts = read_posts(
        session, harvests, [offer_id], held=Held(), today=today, terms=terms
    )
    market = posts.market
    return [
        (one, explain_pair(market.lot[one.post], market.need[need.tranche_id], market))
        for one in best
        if one.post in market.lot
    ]
