"""What the pages that tell of lots offer, so that nobody types a thing twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.text import sort_key
from marketplace.domain.words import ContractState
from marketplace.services.contracts import list_contracts
from marketplace.services.deliveries import Planned, planned_deliveries
from marketplace.services.sprays import sprays_on
from models.contracts import Contract
from models.organisations import Organisation
from models.papers import GrowingArea
from models.plots import Plot
from models.reference import Product, Rule

DUE = timedelta(days=2)
"""Fruit is picked for deliveries of the next days, or of those just past."""


@dataclass(frozen=True)
class Due:
    """A planned delivery that is open now."""

    contract: Contract
    planned: Planned


@dataclass(frozen=True)
class Turned:
    """A product that another is processed into, and how many kilograms make one."""

    product: Product
    ratio: Decimal

    def expected_kg(self, fresh_kg: int) -> int:
        return max(1, int(fresh_kg / self.ratio))


def deliveries_due(
    session: Session, who: Actor, today: date, *, product_id: int | None = None
) -> list[Due]:
    """Open deliveries of the actor as seller, the next ones first.

    With a product all that are open; without one those of these days.
    """
    return sorted(
        (
            Due(contract, planned)
            for contract in list_contracts(session, who, [ContractState.IN_FORCE])
            if contract.seller_id == who.organisation_id
            and product_id in (None, contract.product_id)
            for planned in planned_deliveries(session, contract)
            if planned.is_open
            and (product_id or abs(planned.delivery.day - today) <= DUE)
        ),
        key=lambda one: (one.planned.delivery.day, one.contract.id),
    )


def partners(session: Session, who: Actor) -> list[Organisation]:
    """The other sides of the actor's contracts, by their names."""
    sides = select(Contract.seller_id, Contract.buyer_id).where(
        or_(
            Contract.seller_id == who.organisation_id,
            Contract.buyer_id == who.organisation_id,
        )
    )
    ids = {one for row in session.execute(sides) for one in row}
    wanted = select(Organisation).where(
        Organisation.id.in_(ids - {who.organisation_id})
    )
    return sorted(session.scalars(wanted), key=lambda one: sort_key(one.short_name))


def turned_into(session: Session, product: Product, on: date) -> list[Turned]:
    """What a product is dried or processed into, by the ratios in force on a day."""
    head = f"conversion.{product.code}."
    rows = session.scalars(
        select(Rule)
        .where(
            Rule.code.startswith(head, autoescape=True),
            Rule.valid_from <= on,
            or_(Rule.valid_to.is_(None), on < Rule.valid_to),
        )
        .order_by(Rule.code)
    )
    ratios = {
        row.code.removeprefix(head): Decimal(str(row.params["ratio"])) for row in rows
    }
    wanted = select(Product).where(Product.code.in_(ratios))
    found = session.scalars(wanted.order_by(Product.position, Product.id))
    return [Turned(one, ratios[one.code]) for one in found]


def first_days(
    session: Session, areas: Iterable[GrowingArea], today: date
) -> dict[int, date]:
    """Garden id -> the first day on which all of it may be picked, if not yet."""
    found: dict[int, date] = {}
    for area in areas:
        for spray in sprays_on(session, area.id, [None], today):
            free = spray.sprayed_on + timedelta(days=spray.interval_days)
            if free > today:
                found[area.id] = max(free, found.get(area.id, free))
    return found


def plots_in_use(session: Session, areas: Iterable[GrowingArea]) -> list[Plot]:
    """The plots of gardens that are in use, garden by garden."""
    wanted = select(Plot).where(
        Plot.area_id.in_([area.id for area in areas]), Plot.ended_on.is_(None)
    )
    return list(session.scalars(wanted.order_by(Plot.area_id, Plot.name, Plot.id)))
