"""Whom a post meets best at the stored prices: one indexed query.

At prices of lots and gains of needs that prove a run, what a pair is worth to
whoever comes new is its surplus less what the other side has already. An arc of
a sphere of radius 1 is 2 asin(c / 2) of its chord c. Each term of a formula is
worked out anew wherever it stands, for every row; so the square of the chord
stands in it once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa
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


COSTS = ("vnd_a_diameter", "fixed_vnd")
HALF = 0.5 - 1e-12
"""Of the longest chord there is hardly less than 1, which no rounding may exceed."""


def _own(model: Any, name: str) -> sa.BindParameter[Any]:
    """A value of one's own row, given when the query runs."""
    return sa.bindparam(f"own_{name}", type_=model.__table__.c[name].type)


def _carrying(table: Any) -> Any:
    """Đồng a kilogram between a row of the table and one's own place."""
    x, y, z = (getattr(table, axis) - _own(table, axis) for axis in "xyz")
    half = func.asin(func.sqrt(x * x + y * y + z * z) * HALF)
    costs: list[Any] = [sa.bindparam(name, type_=sa.Double()) for name in COSTS]
    return func.floor(half * costs[0] + costs[1])


LOT_GAIN = _own(NeedPrice, "bid_vnd") - LotPrice.price_vnd - _carrying(LotPrice)
LOTS = (
    select(LotPrice.harvest_id, LOT_GAIN.label("gain"))
    .where(
        LotPrice.product_id == _own(NeedPrice, "product_id"),
        LotPrice.price_vnd < _own(NeedPrice, "bid_vnd"),
        LotPrice.has.bitwise_and(_own(NeedPrice, "requires"))
        == _own(NeedPrice, "requires"),
        LotPrice.first_day <= _own(NeedPrice, "last_day"),
        LotPrice.last_day >= _own(NeedPrice, "first_day"),
        LotPrice.owner != _own(NeedPrice, "owner"),
    )
    .order_by(LOT_GAIN.desc(), LotPrice.harvest_id)
    .limit(sa.bindparam("most", type_=sa.Integer()))
)
NEED_GAIN = (
    NeedPrice.bid_vnd
    - NeedPrice.gain_vnd
    - _own(LotPrice, "ask_vnd")
    - _carrying(NeedPrice)
)
NEEDS = (
    select(NeedPrice.offer_id, NEED_GAIN.label("gain"))
    .where(
        NeedPrice.product_id == _own(LotPrice, "product_id"),
        NeedPrice.requires.bitwise_and(sa.bindparam("lacking", type_=sa.BigInteger()))
        == 0,
        NeedPrice.first_day <= _own(LotPrice, "last_day"),
        NeedPrice.last_day >= _own(LotPrice, "first_day"),
        NeedPrice.owner != _own(LotPrice, "owner"),
    )
    .order_by(NEED_GAIN.desc(), NeedPrice.tranche_id)
    .limit(sa.bindparam("most", type_=sa.Integer()))
)


def best_lots(
    session: Session, need: Any, costs: Carriage, limit: int = BEST
) -> list[Best]:
    """The harvests that gain a tranche most; `need` is a row of the price column."""
    own = ("product_id", "bid_vnd", "requires", "first_day", "last_day", "owner")
    return _best(session, LOTS, _told(need, own, costs), limit)


def best_needs(
    session: Session, lot: Any, costs: Carriage, limit: int = BEST
) -> list[Best]:
    """The offers that gain a harvest most; `lot` is a row of the price column."""
    own = ("product_id", "ask_vnd", "first_day", "last_day", "owner")
    told = _told(lot, own, costs) | {"lacking": ~lot.has}
    return _best(session, NEEDS, told, limit)


def _told(row: Any, names: Iterable[str], costs: Carriage) -> dict[str, Any]:
    """One's own values for the query, and what carrying costs."""
    own = {f"own_{name}": getattr(row, name) for name in (*names, *"xyz")}
    values = (2 * costs.rate_vnd * EARTH_KM, costs.fixed_vnd + 0.5)
    return own | dict(zip(COSTS, values, strict=True))


def _best(
    session: Session, wanted: Select[Any], told: dict[str, Any], limit: int
) -> list[Best]:
    """Each post once, at its best; a post has few rows, so twice as many are read."""
    found: dict[int, int] = {}
    for post, gain in session.execute(wanted, told | {"most": 2 * limit}):
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
