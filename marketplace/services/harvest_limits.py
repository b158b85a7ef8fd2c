"""The limits in force on a day for a harvest of a product."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from marketplace.domain.harvests import HarvestLimits
from marketplace.domain.prices import PriceBand
from marketplace.domain.seasons import HarvestMonths
from marketplace.domain.words import HarvestState, SeasonClass
from marketplace.domain.yields import YieldBand
from marketplace.services.rules import rule
from models.harvests import Harvest
from models.papers import GrowingArea
from models.reference import Grade, Product, Rule, Variety


def limits_of(
    session: Session,
    product: Product,
    area: GrowingArea | None,
    on: date,
    *,
    season: str = "",
    but: int | None = None,
) -> HarvestLimits:
    """What a harvest of this product from this garden must keep to.

    With its season, other open posts of the garden count too; `but` leaves the
    harvest itself out.
    """
    forecast = rule(session, "harvest.forecast", on)
    ranks = select(Grade.rank).where(Grade.product_id == product.id)
    varieties = select(Variety.code).where(Variety.product_id == product.id)
    return HarvestLimits(
        low_pct=forecast["low_pct"],
        high_pct=forecast["high_pct"],
        tolerance_pct=forecast["tolerance_pct"],
        most_days=rule(session, "SP-01", on)["most_days"],
        slack_days=rule(session, "SP-02", on)["slack_days"],
        off_by_pct=Decimal(rule(session, "SP-08", on)["off_by_pct"]),
        perennial=product.perennial,
        grades=frozenset(session.scalars(ranks)),
        varieties=frozenset(session.scalars(varieties)),
        months=harvest_months(session, product.code, on),
        band=yield_band(session, product.code, on),
        prices=_price_band(session, product.code, on),
        area_ha=area.area_ha if area else None,
        beside_kg=_beside_kg(session, area, season, but) if area and season else 0,
    )


def _beside_kg(
    session: Session, area: GrowingArea, season: str, but: int | None
) -> int:
    total = session.scalar(
        select(func.sum(Harvest.likely_kg)).where(
            Harvest.area_id == area.id,
            Harvest.season == season,
            Harvest.state == HarvestState.OPEN,
            Harvest.id != (but or 0),
        )
    )
    return int(total or 0)


def harvest_months(
    session: Session, product_code: str, on: date
) -> tuple[HarvestMonths, ...]:
    """When the product and its varieties ripen, as known on a day."""
    rows = session.scalars(
        select(Rule)
        .where(
            Rule.code.startswith(f"season.{product_code}."),
            Rule.valid_from <= on,
            or_(Rule.valid_to.is_(None), on < Rule.valid_to),
        )
        .order_by(Rule.code)
    )
    return tuple(_months(row.params) for row in rows)


def _months(params: Mapping[str, Any]) -> HarvestMonths:
    return HarvestMonths(
        product_code=params["product"],
        variety_code=params["variety"],
        season_class=SeasonClass(params["class"]),
        first_month=params["first_month"],
        last_month=params["last_month"],
    )


def yield_band(session: Session, product_code: str, on: date) -> YieldBand | None:
    """What a hectare bears; nothing where nobody wrote it down."""
    try:
        band = rule(session, f"yield.{product_code}", on)
    except LookupError:
        return None
    return YieldBand(
        product_code,
        Decimal(str(band["low_t_per_ha"])),
        Decimal(str(band["high_t_per_ha"])),
        Decimal(str(band["most_t_per_ha"])),
    )


def _price_band(session: Session, product_code: str, on: date) -> PriceBand | None:
    """What the product usually costs; nothing where nobody wrote it down."""
    try:
        band = rule(session, f"price_band.{product_code}", on)
    except LookupError:
        return None
    return PriceBand(product_code, band["low_vnd"], band["high_vnd"])
