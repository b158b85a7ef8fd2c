"""Gardens and facilities of an organisation."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from marketplace.domain.actor import Actor
from marketplace.domain.areas import check_total_area
from marketplace.domain.commands_papers import SaveArea, SaveFacility
from marketplace.domain.errors import N_, NotFound, Refused
from marketplace.domain.findings import refuse_errors
from marketplace.domain.names import clean_text
from marketplace.domain.words import AdminLevel
from models.harvests import Harvest
from models.organisations import Organisation
from models.papers import Certificate, Facility, GrowingArea, GrowingAreaCode
from models.reference import AdminUnit, Product


def access_area(
    session: Session, who: Actor, public_id: str, action: str = "read"
) -> GrowingArea:
    """A garden of the actor's organisation; officers read within their scope."""
    area = session.scalars(
        select(GrowingArea).where(GrowingArea.public_id == public_id)
    ).first()
    if area is None or not _reaches(area, who, action):
        raise NotFound
    return area


def access_facility(
    session: Session, who: Actor, public_id: str, action: str = "read"
) -> Facility:
    """A facility of the actor's organisation; officers read within their scope."""
    facility = session.scalars(
        select(Facility).where(Facility.public_id == public_id)
    ).first()
    if facility is None or not _reaches(facility, who, action):
        raise NotFound
    return facility


def _reaches(place: GrowingArea | Facility, who: Actor, action: str) -> bool:
    if place.organisation_id == who.organisation_id:
        return action in ("read", "write")
    return action == "read" and who.is_officer and place.unit_id in who.scope_unit_ids


def list_areas(session: Session, who: Actor) -> list[GrowingArea]:
    """The gardens in use: an organisation's own, or those of an officer's scope."""
    wanted = (
        select(GrowingArea)
        .where(GrowingArea.ended_on.is_(None))
        .options(
            selectinload(GrowingArea.product),
            selectinload(GrowingArea.unit),
            selectinload(GrowingArea.organisation),
        )
        .order_by(GrowingArea.organisation_id, GrowingArea.name, GrowingArea.id)
    )
    if who.is_officer:
        return list(
            session.scalars(wanted.where(GrowingArea.unit_id.in_(who.scope_unit_ids)))
        )
    return list(
        session.scalars(
            wanted.where(GrowingArea.organisation_id == who.organisation_id)
        )
    )


def list_facilities(session: Session, who: Actor) -> list[Facility]:
    """The facilities in use of the actor's organisation."""
    return list(
        session.scalars(
            select(Facility)
            .where(
                Facility.organisation_id == who.organisation_id,
                Facility.ended_on.is_(None),
            )
            .options(selectinload(Facility.unit))
            .order_by(Facility.kind, Facility.name, Facility.id)
        )
    )


def save_area(
    session: Session,
    who: Actor,
    command: SaveArea,
    public_id: str | None = None,
    *,
    today: date,
) -> GrowingArea:
    """Write down a garden, or change one.

    Refused if the gardens sum to more than the organisation's land (GA-04), if
    the name is taken, or if the product of a garden with papers changes.
    """
    product = _product(session, command.product_code)
    area = (
        access_area(session, who, public_id, "write")
        if public_id
        else GrowingArea(organisation_id=who.organisation_id)
    )
    if area.id and area.product_id != product.id and _is_used(session, area):
        message = N_("Vườn đã có giấy tờ hoặc vụ, không đổi cây được. Thêm vườn mới")
        raise Refused(message, "product")
    _check_land(session, who, command.area_ha, area.id)
    area.name = clean_text(command.name, field="name")
    area.product_id = product.id
    area.area_ha = command.area_ha
    _write_place(session, area, command.unit_id, today)
    area.households = command.households
    area.practice = command.practice
    _store(session, area, N_("Đã có vườn tên này, đặt tên khác"))
    return area


def save_facility(
    session: Session,
    who: Actor,
    command: SaveFacility,
    public_id: str | None = None,
    *,
    today: date,
) -> Facility:
    """Write down a facility, or change one."""
    facility = (
        access_facility(session, who, public_id, "write")
        if public_id
        else Facility(organisation_id=who.organisation_id)
    )
    facility.kind = command.kind
    facility.name = clean_text(command.name, field="name")
    facility.unit_id = commune(session, command.unit_id, today).id
    facility.capacity_kg_per_day = command.capacity_kg_per_day
    _store(session, facility, N_("Đã có cơ sở tên này, đặt tên khác"))
    return facility


def end_area(session: Session, who: Actor, public_id: str, *, today: date) -> None:
    """The garden is no longer used; its past stays."""
    access_area(session, who, public_id, "write").ended_on = today


def end_facility(session: Session, who: Actor, public_id: str, *, today: date) -> None:
    """The facility is no longer used; its past stays."""
    access_facility(session, who, public_id, "write").ended_on = today


def list_products(session: Session, *, fresh: bool = False) -> list[Product]:
    """Products in the order of the page; `fresh` leaves processed ones out."""
    wanted = select(Product).order_by(Product.position)
    return list(
        session.scalars(wanted.where(Product.processed.is_(False)) if fresh else wanted)
    )


def commune(session: Session, unit_id: int, today: date) -> AdminUnit:
    """A commune that is valid today; refused if it is none."""
    unit = session.scalars(
        select(AdminUnit).where(
            AdminUnit.id == unit_id,
            AdminUnit.level == AdminLevel.COMMUNE,
            AdminUnit.valid_from <= today,
            or_(AdminUnit.valid_to.is_(None), AdminUnit.valid_to > today),
        )
    ).first()
    if unit is None:
        raise Refused(N_("Chọn xã hoặc phường trong danh sách"), "commune")
    return unit


def _product(session: Session, code: str) -> Product:
    product = session.scalars(select(Product).where(Product.code == code)).first()
    if product is None:
        raise Refused(N_("Chọn sản phẩm"), "product")
    return product


def _write_place(
    session: Session, area: GrowingArea, unit_id: int, today: date
) -> None:
    """The middle of the commune stands for the garden until it is measured."""
    unit = commune(session, unit_id, today)
    if area.unit_id != unit.id:
        area.unit_id = unit.id
        area.latitude, area.longitude = unit.latitude, unit.longitude


def _check_land(
    session: Session, who: Actor, area_ha: Decimal, area_id: int | None
) -> None:
    owned = session.get_one(Organisation, who.organisation_id).total_area_ha
    if owned is None:
        return
    others = session.scalars(
        select(GrowingArea.area_ha).where(
            GrowingArea.organisation_id == who.organisation_id,
            GrowingArea.ended_on.is_(None),
            GrowingArea.id != (area_id or 0),
        )
    ).all()
    refuse_errors(check_total_area([*others, area_ha], owned))


def _is_used(session: Session, area: GrowingArea) -> bool:
    return any(
        session.scalar(select(func.count()).where(column == area.id))
        for column in (
            Certificate.area_id,
            GrowingAreaCode.area_id,
            Harvest.area_id,
        )
    )


def _store(session: Session, place: GrowingArea | Facility, taken: str) -> None:
    try:
        with session.begin_nested():
            session.add(place)
            session.flush()  # the name is taken or it is not
    except IntegrityError:
        raise Refused(taken, "name") from None
