"""Certificates and growing-area codes as their holders write them down."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from marketplace.domain.actor import Actor
from marketplace.domain.commands_papers import SaveCertificate, SaveCode
from marketplace.domain.errors import N_, Refused
from marketplace.domain.findings import refuse_errors
from marketplace.domain.names import clean_text
from marketplace.services.areas import access_area, access_facility
from marketplace.services.harvest_papers import cover_open_harvests
from marketplace.services.matching_asking import ask_for_matching
from marketplace.services.paper_changes import propose_change
from marketplace.services.paper_checks import check_certificate, check_growing_code
from marketplace.services.paper_places import write_further_places
from marketplace.services.paper_rows import access_certificate, access_code
from marketplace.services.paper_sending import check_open, send_paper
from models.papers import Certificate, GrowingArea, GrowingAreaCode
from models.reference import Product


def list_certificates(session: Session, who: Actor) -> list[Certificate]:
    """The organisation's certificates, those that end first on top."""
    return list(
        session.scalars(
            select(Certificate)
            .where(Certificate.organisation_id == who.organisation_id)
            .options(selectinload(Certificate.product), selectinload(Certificate.area))
            .order_by(Certificate.expires_on, Certificate.id)
        )
    )


def list_codes(session: Session, who: Actor) -> list[GrowingAreaCode]:
    """The organisation's growing-area codes by market."""
    return list(
        session.scalars(
            select(GrowingAreaCode)
            .join(GrowingArea, GrowingArea.id == GrowingAreaCode.area_id)
            .where(GrowingArea.organisation_id == who.organisation_id)
            .options(
                selectinload(GrowingAreaCode.area),
                selectinload(GrowingAreaCode.product),
            )
            .order_by(GrowingAreaCode.market, GrowingAreaCode.code)
        )
    )


def save_certificate(
    session: Session,
    who: Actor,
    command: SaveCertificate,
    public_id: str | None = None,
    *,
    today: date,
    now: datetime,
) -> Certificate:
    """Write down a certificate, or change one; it then waits for an officer.

    One that was verified counts as it is until its change is verified too. Refused at the first error of CE-01 to CE-10. It covers what the holder has
    on the market and fits, from the day on which it is verified.
    """
    refuse_errors(check_certificate(session, command, today=today))
    row = (
        access_certificate(session, who, public_id, "write")
        if public_id
        else Certificate(organisation_id=who.organisation_id)
    )
    check_open(row.state)
    written = partial(write_certificate, session, row, who, command)
    taken = N_("Giấy số này của nơi cấp này đã có trong sổ")
    if row.verified_at is not None:
        words = ("number", taken)
        propose_change(session, row, who, command, written, words, now=now)
        return row
    written()
    send_paper(session, row, who, taken, today=today, now=now)
    cover_open_harvests(session, row, who.organisation_id)
    ask_for_matching(session)
    return row


def write_certificate(
    session: Session, row: Certificate, who: Actor, command: SaveCertificate
) -> None:
    """Put what the holder typed on the row; places are the holder's own."""
    row.scheme = command.scheme
    row.number = clean_text(command.number, field="number")
    row.issuer = clean_text(command.issuer, field="issuer")
    row.product_id = _product_id(session, command.product_code)
    row.area_id = access_area(session, who, command.area).id if command.area else None
    row.facility_id = (
        access_facility(session, who, command.facility).id if command.facility else None
    )
    row.area_ha = command.area_ha
    row.stars = command.stars
    row.output_kg_per_year = command.output_kg_per_year
    row.issued_on, row.expires_on = command.issued_on, command.expires_on
    write_further_places(session, row, who, command)


def save_code(
    session: Session,
    who: Actor,
    command: SaveCode,
    public_id: str | None = None,
    *,
    today: date,
    now: datetime,
) -> GrowingAreaCode:
    """Write down a growing-area code, or change one; it waits for an officer.

    Refused at the first error of GA-01 to GA-09.
    """
    area = access_area(session, who, command.area, "write")
    refuse_errors(check_growing_code(session, command, area, today=today))
    row = (
        access_code(session, who, public_id, "write")
        if public_id
        else GrowingAreaCode()
    )
    check_open(row.state)
    written = partial(write_code, session, row, who, command)
    taken = N_("Mã này đã có trong sổ cho thị trường này")
    if row.verified_at is not None:
        propose_change(session, row, who, command, written, ("code", taken), now=now)
        return row
    written()
    send_paper(session, row, who, taken, field="code", today=today, now=now)
    cover_open_harvests(session, row, who.organisation_id)
    ask_for_matching(session)
    return row


def write_code(
    session: Session, row: GrowingAreaCode, who: Actor, command: SaveCode
) -> None:
    """Put what the holder typed on the row; the garden is the holder's own."""
    area = access_area(session, who, command.area)
    row.area_id, row.product_id = area.id, area.product_id
    row.market = command.market
    row.code = clean_text(command.code, field="code")
    row.area_ha = command.area_ha
    row.valid_from = command.first_day
    # The column is half open: the first day on which it is over.
    last = command.last_day
    row.valid_to = last + timedelta(days=1) if last else None
    row.supervised_on = command.supervised_on


def _product_id(session: Session, code: str) -> int | None:
    if not code:
        return None
    found = session.scalar(select(Product.id).where(Product.code == code))
    if found is None:
        raise Refused(N_("Chọn sản phẩm"), "product")
    return found
