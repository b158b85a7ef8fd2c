"""The ground rules of the market on a day: carrying, prices, where a post lies."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, case, cast, func
from sqlalchemy.orm import Session

from marketplace.domain.identity import legal_entity
from marketplace.domain.masks import REQUIREMENT_BITS
from marketplace.matching import Reference, Transport
from marketplace.services.prices import week_bands
from marketplace.services.rules import rule, rules
from models.organisations import Organisation

MARKET_BITS = sum(
    bit
    for name, bit in REQUIREMENT_BITS.items()
    if name.startswith(("AREA_", "PACKING_"))
)
HOME = (21.06, 103.75)
"""Sông Mã town: where a post lies whose place nobody knows."""

Place = tuple[float | None, float | None]


class Carriage(NamedTuple):
    """Đồng a kilogram: for a kilometre as the crow flies, and for any way."""

    rate_vnd: float
    fixed_vnd: float


class Terms(NamedTuple):
    """Roads and lorries, what carrying costs, to what a price is rounded, and for
    how little, in thousandths of it, nobody is held to go elsewhere."""

    transport: Transport
    carriage: Carriage
    price_step_vnd: int
    price_give_per_mille: int


def read_terms(session: Session, today: date) -> Terms:
    """The rules of the day, in one query."""
    found = rules(session, ("matching.transport", "matching.price"), today)
    carrying = found["matching.transport"]
    price = found["matching.price"]
    step_vnd, give = int(price["step_vnd"]), int(price.get("give_per_mille", 0))
    return Terms(_transport(carrying), _carriage(carrying), step_vnd, give)


def transport_terms(session: Session, today: date) -> Transport:
    """How long roads are and how fast lorries, by the rule of the day."""
    return _transport(rule(session, "matching.transport", today))


def _transport(params: Mapping[str, Any]) -> Transport:
    return Transport(
        road_percent=round(float(params["road_factor"]) * 100),
        km_per_day=int(params["km_per_day"]),
    )


def carriage(session: Session, today: date) -> Carriage:
    """What carrying costs, by the rule of the day."""
    return _carriage(rule(session, "matching.transport", today))


def _carriage(params: Mapping[str, Any]) -> Carriage:
    by_road = int(params["rate_vnd_per_tonne_km"]) * float(params["road_factor"])
    return Carriage(by_road / 1000, float(params["fixed_vnd_per_kg"]))


def market_references(
    session: Session, products: Collection[int], today: date
) -> dict[int, Reference]:
    """The band of the newest week known of each product."""
    return {
        product: Reference(band.low_vnd, band.high_vnd)
        for product, band in week_bands(session, products, today).items()
    }


def place_of(*places: Place) -> tuple[float, float]:
    """The most exact place that is known: the post's, the owner's, the commune's."""
    for latitude, longitude in places:
        if latitude is not None and longitude is not None:
            return latitude, longitude
    return HOME


def owner_of(organisation_id: int, tax_code: str | None) -> int:
    """One number for a legal entity: a branch and its head are the same."""
    return int(legal_entity(tax_code)) if tax_code else -organisation_id


def owner_column() -> Any:
    """The same, as a column of a query: a branch is its head, a dash, three digits."""
    code, length = Organisation.tax_code, func.length(Organisation.tax_code)
    head = case((code.contains("-"), func.substr(code, 1, length - 4)), else_=code)
    return case((code.is_(None), -Organisation.id), else_=cast(head, BigInteger))
