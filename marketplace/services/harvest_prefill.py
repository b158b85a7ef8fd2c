"""What a seller need not type again: last season, the gardens, the season's months."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.windows import Dekad, Window, dekad_of, dekads_between
from marketplace.domain.words import HarvestState
from marketplace.services.harvest_limits import harvest_months
from models.harvests import Harvest
from models.papers import GrowingArea
from models.reference import Product, Variety

MOST_MONTHS = 4
AHEAD = 14


@dataclass(frozen=True)
class Prefill:
    """The product, what was harvested of it last, and when it will be again."""

    product: Product
    last: Harvest | None
    window: Window | None
    months: tuple[tuple[int, int], ...]

    @property
    def dekads(self) -> list[str]:
        """The thirds of all months on the page, as codes."""
        return [
            Dekad(year, month, part).code
            for year, month in self.months
            for part in (1, 2, 3)
        ]

    @property
    def ticked(self) -> list[str]:
        """The thirds in which it was harvested last, a year or more later."""
        if self.window is None:
            return []
        dekads = dekads_between(self.window.first, self.window.last)
        return [dekad.code for dekad in dekads]


def prefill(
    session: Session,
    who: Actor,
    product_code: str = "",
    *,
    today: date,
    all_months: bool = False,
) -> Prefill:
    """What the form shows before anybody types."""
    product = _product(session, who, product_code)
    last = _last(session, who, product)
    window = _again(last, today) if last else None
    season = _months_of_season(session, product, today)
    months = season if window is None else _months(window)
    if all_months:
        months = list(_following((today.year, today.month), AHEAD))
    return Prefill(product, last, window, _shown(months, season, today))


def _product(session: Session, who: Actor, code: str) -> Product:
    """The one asked for, else the one last posted, else what the garden grows."""
    asked = select(Product).where(Product.code == code)
    posted = (
        select(Product)
        .join(Harvest, Harvest.product_id == Product.id)
        .where(Harvest.organisation_id == who.organisation_id)
        .order_by(Harvest.id.desc())
    )
    grown = (
        select(Product)
        .join(GrowingArea, GrowingArea.product_id == Product.id)
        .where(
            GrowingArea.organisation_id == who.organisation_id,
            GrowingArea.ended_on.is_(None),
        )
        .order_by(GrowingArea.area_ha.desc(), GrowingArea.id)
    )
    first = select(Product).order_by(Product.position)
    for wanted in (asked, posted, grown, first):
        product = session.scalars(wanted.limit(1)).first()
        if product is not None:
            return product
    raise LookupError("no product is known")


def list_varieties(session: Session) -> list[Variety]:
    """The varieties of all products."""
    return list(session.scalars(select(Variety).order_by(Variety.id)))


def own_products(session: Session, who: Actor) -> list[Product]:
    """All products, those that the organisation has to do with first."""
    rows = session.scalars(select(Product).order_by(Product.position)).all()
    mine = set(
        session.scalars(
            select(GrowingArea.product_id).where(
                GrowingArea.organisation_id == who.organisation_id,
                GrowingArea.ended_on.is_(None),
            )
        )
    ) | set(
        session.scalars(
            select(Harvest.product_id).where(
                Harvest.organisation_id == who.organisation_id
            )
        )
    )
    return sorted(rows, key=lambda product: product.id not in mine)


def _last(session: Session, who: Actor, product: Product) -> Harvest | None:
    return session.scalars(
        select(Harvest)
        .where(
            Harvest.organisation_id == who.organisation_id,
            Harvest.product_id == product.id,
            Harvest.state.in_((HarvestState.OPEN, HarvestState.CLOSED)),
        )
        .order_by(Harvest.window_start.desc(), Harvest.id.desc())
        .limit(1)
    ).first()


def _again(last: Harvest, today: date) -> Window:
    """The same days of the first year in which they are not over."""
    first, end = dekad_of(last.window_start), dekad_of(last.window_end)
    while end.last < today:
        first = Dekad(first.year + 1, first.month, first.part)
        end = Dekad(end.year + 1, end.month, end.part)
    return Window(first.first, end.last)


def _months_of_season(
    session: Session, product: Product, today: date
) -> list[tuple[int, int]]:
    """The months of the next main season that is not over."""
    rows = harvest_months(session, product.code, today)
    windows = [
        row.window(year)
        for row in rows
        if row.variety_code is None
        for year in (today.year - 1, today.year, today.year + 1)
    ]
    coming = [window for window in windows if window.last >= today]
    if not coming:
        return list(_following((today.year, today.month), MOST_MONTHS))
    here = (today.year, today.month)
    months = [month for month in _months(min(coming)) if month >= here]
    return months[:MOST_MONTHS]


def _months(window: Window) -> list[tuple[int, int]]:
    months = {(d.year, d.month) for d in dekads_between(window.first, window.last)}
    return sorted(months)


def _shown(
    months: Iterable[tuple[int, int]], season: list[tuple[int, int]], today: date
) -> tuple[tuple[int, int], ...]:
    """Months that are not over: those of last time, and the season's if few."""
    here = (today.year, today.month)
    coming = [month for month in months if month >= here] or season
    room = max(0, MOST_MONTHS - len(coming))
    return tuple(sorted({*coming, *season[:room]}))


def months_around(harvest: Harvest, today: date) -> list[str]:
    """The thirds of the months of a harvest, one month before and one after."""
    first, last = harvest.window_start, harvest.window_end
    count = (last.year - first.year) * 12 + last.month - first.month + 3
    year, month = divmod(first.year * 12 + first.month - 2, 12)
    shown = _following((year, month + 1), count)
    return [
        Dekad(year, month, part).code
        for year, month in shown
        for part in (1, 2, 3)
        if (year, month) >= (today.year, today.month)
    ]


def _following(month: tuple[int, int], count: int) -> Iterable[tuple[int, int]]:
    year, number = month
    for step in range(count):
        extra, zero_based = divmod(number - 1 + step, 12)
        yield year + extra, zero_based + 1
