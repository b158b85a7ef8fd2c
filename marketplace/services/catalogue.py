"""What a post may choose from: products, varieties, grades, places."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from marketplace.domain.words import AdminLevel
from marketplace.services.units import communes_of_group
from models.reference import (
    AdminChange,
    AdminUnit,
    Grade,
    Product,
    ProductGroup,
    Variety,
)


def all_products(session: Session) -> Sequence[Product]:
    """Products in the order of the reference data."""
    return session.scalars(select(Product).order_by(Product.position)).all()


def all_groups(session: Session) -> Sequence[ProductGroup]:
    """The product groups in their usual order."""
    wanted = select(ProductGroup).order_by(ProductGroup.position, ProductGroup.id)
    return session.scalars(wanted).all()


def all_varieties(session: Session) -> Sequence[Variety]:
    """Varieties of all products."""
    return session.scalars(select(Variety).order_by(Variety.id)).all()


def varieties_of(session: Session, product: Product) -> Sequence[Variety]:
    """The varieties of one product; none for what has none."""
    wanted = select(Variety).where(Variety.product_id == product.id)
    return session.scalars(wanted.order_by(Variety.id)).all()


def grades_of(session: Session, product: Product) -> Sequence[Grade]:
    """The grades of one product, the best first."""
    wanted = select(Grade).where(Grade.product_id == product.id)
    return session.scalars(wanted.order_by(Grade.rank)).all()


def most_grades(session: Session) -> int:
    """How many grades the product with the most of them has."""
    return session.scalar(select(func.max(Grade.rank))) or 0


def provinces_on(session: Session, day: date) -> Sequence[AdminUnit]:
    """Provinces and cities of a day by name."""
    return session.scalars(
        select(AdminUnit)
        .where(AdminUnit.level == AdminLevel.PROVINCE, _valid_on(day))
        .order_by(AdminUnit.name_folded)
    ).all()


def communes_with_former(
    session: Session, group: str, day: date
) -> list[tuple[AdminUnit, list[AdminUnit]]]:
    """Communes of an area on a day, each with those that went into it."""
    communes = communes_of_group(session, group, day)
    changes = session.execute(
        select(AdminChange.new_id, AdminUnit)
        .join(AdminUnit, AdminUnit.id == AdminChange.old_id)
        .where(AdminChange.new_id.in_([one.id for one in communes]))
        .order_by(AdminUnit.name_folded)
    )
    former: dict[int, list[AdminUnit]] = {one.id: [] for one in communes}
    for new, old in changes:
        former[new].append(old)
    return [(one, former[one.id]) for one in communes]


def _valid_on(day: date) -> ColumnElement[bool]:
    until = or_(AdminUnit.valid_to.is_(None), AdminUnit.valid_to > day)
    return (AdminUnit.valid_from <= day) & until
