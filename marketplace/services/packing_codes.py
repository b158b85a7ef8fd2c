"""Codes of packing houses as their holders write them down."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from marketplace.domain.actor import Actor
from marketplace.domain.commands_papers import SavePackingCode
from marketplace.domain.errors import N_, Refused
from marketplace.domain.findings import refuse_errors
from marketplace.domain.names import clean_text
from marketplace.domain.words import FacilityKind
from marketplace.services.areas import access_facility
from marketplace.services.paper_changes import propose_change
from marketplace.services.paper_checks import check_packing_code
from marketplace.services.paper_rows import access_packing_code
from marketplace.services.paper_sending import check_open, send_paper
from models.paper_records import PackingHouseCode
from models.papers import Facility

# Where goods are sorted and packed for a market; a shop packs for nobody.
PACKING_KINDS = (
    FacilityKind.PACKING_HOUSE,
    FacilityKind.PROCESSING,
    FacilityKind.DRYER,
)


def list_packing_codes(session: Session, who: Actor) -> Sequence[PackingHouseCode]:
    """The organisation's packing-house codes by market."""
    return session.scalars(
        select(PackingHouseCode)
        .join(Facility, Facility.id == PackingHouseCode.facility_id)
        .where(Facility.organisation_id == who.organisation_id)
        .options(selectinload(PackingHouseCode.facility))
        .order_by(PackingHouseCode.market, PackingHouseCode.code)
    ).all()


def save_packing_code(
    session: Session,
    who: Actor,
    command: SavePackingCode,
    public_id: str | None = None,
    *,
    today: date,
    now: datetime,
) -> PackingHouseCode:
    """Write down a packing-house code, or change one; it waits for an officer.

    Refused: a facility that packs nothing, an end before the beginning.
    """
    facility = access_facility(session, who, command.facility, "write")
    if facility.kind not in PACKING_KINDS:
        raise Refused(N_("Điểm bán không có mã đóng gói"), "facility")
    refuse_errors(check_packing_code(session, command, today=today))
    row = (
        access_packing_code(session, who, public_id, "write")
        if public_id
        else PackingHouseCode()
    )
    check_open(row.state)
    written = partial(write_packing_code, session, row, who, command)
    taken = N_("Mã này đã có trong sổ cho thị trường này")
    if row.verified_at is not None:
        propose_change(session, row, who, command, written, ("code", taken), now=now)
        return row
    written()
    send_paper(session, row, who, taken, field="code", today=today, now=now)
    return row


def write_packing_code(
    session: Session, row: PackingHouseCode, who: Actor, command: SavePackingCode
) -> None:
    """Put what the holder typed on the row; the facility is the holder's own."""
    row.facility_id = access_facility(session, who, command.facility).id
    row.market = command.market
    row.code = clean_text(command.code, field="code")
    row.valid_from = command.first_day
    # The column is half open: the first day on which it is over.
    last = command.last_day
    row.valid_to = last + timedelta(days=1) if last else None
    row.supervised_on = command.supervised_on
