"""What a product costs this week, without anybody's limit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import mean

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from marketplace.domain.words import OfferState, OrganisationState
from marketplace.services.price_lookup import in_force
from models.bulk import among
from models.offers import Offer, Tranche
from models.organisations import Organisation
from models.price_quotes import ANY_GRADE, PriceQuote

STALE_AFTER = timedelta(days=28)
"""A week older than this is no price of today."""
RECENT = (
    select(PriceQuote)
    .where(
        PriceQuote.day <= bindparam("on"),
        PriceQuote.day > bindparam("since"),
        PriceQuote.withdrawn.is_(False),
        in_force(),
    )
    .order_by(PriceQuote.day, PriceQuote.id)
)
"""Made once: it is asked for with every post, and costs more to write than to run."""
LEAST_BUYERS = 5
STEP_VND = 500


@dataclass(frozen=True)
class WeekBand:
    """The market's low and high price of a week, đồng a kilogram."""

    week: date
    low_vnd: int
    high_vnd: int
    source: str


@dataclass(frozen=True)
class OfferedPrice:
    """The middle of what buyers offer, and of how many it is the middle."""

    middle_vnd: int
    offers: int
    buyers: int


def week_bands(
    session: Session, product_ids: Collection[int], on: date
) -> dict[int, WeekBand]:
    """The band of each product in the latest week known by a day.

    A market says what it said last in that week, for any grade where it said so.
    With several it runs from the mean of the lows to the mean of the highs.
    Products without a recent week are missing.
    """
    rows = session.scalars(
        RECENT.where(among(session, PriceQuote.product_id, product_ids)),
        {"on": on, "since": on - STALE_AFTER},
    )
    weeks: defaultdict[int, list[PriceQuote]] = defaultdict(list)
    for row in rows:
        known = weeks[row.product_id]
        if known and _monday(known[0].day) < _monday(row.day):
            known.clear()
        known.append(row)
    return {product: _band(known) for product, known in weeks.items()}


def week_band(session: Session, product_id: int, on: date) -> WeekBand | None:
    """The same for one product; None if nobody noted a price of late."""
    return week_bands(session, [product_id], on).get(product_id)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _band(week: list[PriceQuote]) -> WeekBand:
    last = {(row.market_id, row.grade_rank): row for row in week}
    markets: defaultdict[int, list[PriceQuote]] = defaultdict(list)
    for (market, grade), row in last.items():
        if grade == ANY_GRADE or (market, ANY_GRADE) not in last:
            markets[market].append(row)
    said = [row for rows in markets.values() for row in rows]
    return WeekBand(
        week=_monday(week[0].day),
        low_vnd=_mean(_mean(r.low_vnd for r in rows) for rows in markets.values()),
        high_vnd=_mean(_mean(r.high_vnd for r in rows) for rows in markets.values()),
        source="; ".join(dict.fromkeys(row.source for row in said)),
    )


def _mean(prices: Iterable[int]) -> int:
    """Whole đồng, rounded half up."""
    known = list(prices)
    return (sum(known) + len(known) // 2) // len(known)


def offered_price(
    session: Session, product_id: int, *, today: date
) -> OfferedPrice | None:
    """The middle of the open offers' ceilings, one value a buyer.

    None below five buyers: with fewer each could reckon the others' ceilings.
    One value a buyer keeps a large one from being the middle; the mean of the
    middle three is nobody's own value; rounding hides who joined or left.
    """
    rows = session.execute(
        select(Offer.organisation_id, Offer.id, Tranche.ceiling_price_vnd, Tranche.kg)
        .join(Tranche, Tranche.offer_id == Offer.id)
        .join(Organisation, Organisation.id == Offer.organisation_id)
        .where(
            Offer.product_id == product_id,
            Offer.state == OfferState.OPEN,
            Organisation.state == OrganisationState.VERIFIED,
            Tranche.dropped.is_(False),
            Tranche.window_end >= today,
        )
    ).all()
    buyers: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for buyer, _, ceiling, kg in rows:
        buyers[buyer].append((ceiling, kg))
    offers = {offer for _, offer, _, _ in rows}
    if len(buyers) < LEAST_BUYERS:
        return None
    means = sorted(_weighted(prices) for prices in buyers.values())
    middle = len(means) // 2
    rounded = round(mean(means[middle - 1 : middle + 2]) / STEP_VND) * STEP_VND
    return OfferedPrice(rounded, len(offers), len(buyers))


def _weighted(prices: list[tuple[int, int]]) -> float:
    return sum(price * kg for price, kg in prices) / sum(kg for _, kg in prices)
