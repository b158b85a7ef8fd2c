"""An organisation's own numbers: company prefix, places, pallets."""

from __future__ import annotations

import re
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, Refused
from marketplace.domain.gs1 import complete
from marketplace.domain.identity import normalise_gln
from marketplace.services.areas import access_facility
from models.gs1_numbers import Gs1Prefix, PlaceNumber, Sscc
from models.lots import Lot
from models.trade_items import TradeItem, TradeItemGtin


def prefix_of(session: Session, organisation_id: int) -> str:
    """The company prefix of an organisation; empty if it has told none."""
    row = session.get(Gs1Prefix, organisation_id)
    return row.prefix if row else ""


def save_prefix(session: Session, who: Actor, typed: str) -> Gs1Prefix:
    """Write down the company prefix; Refused once numbers under the old one exist."""
    prefix = re.sub(r"[\s.\-]+", "", typed)
    if not re.fullmatch(r"[0-9]{7,12}", prefix):
        raise Refused(N_("Tiền tố GS1 có 7 đến 12 số, ví dụ 9521234"), "prefix")
    row = session.get(Gs1Prefix, who.organisation_id, with_for_update=True)
    if row is not None and row.prefix != prefix and _is_used(session, row):
        raise Refused(N_("Đã có mã in theo tiền tố cũ, không đổi được"), "prefix")
    row = row or Gs1Prefix(organisation_id=who.organisation_id)
    try:
        with session.begin_nested():
            row.prefix = prefix
            session.add(row)
    except IntegrityError:
        raise Refused(N_("Đơn vị khác đã ghi tiền tố này"), "prefix") from None
    return row


def _is_used(session: Session, row: Gs1Prefix) -> bool:
    if row.next_serial:
        return True
    wanted = (
        select(TradeItemGtin.gtin)
        .join(TradeItem, TradeItem.id == TradeItemGtin.item_id)
        .where(TradeItem.organisation_id == row.organisation_id)
    )
    return session.scalars(wanted.limit(1)).first() is not None


def save_place_number(
    session: Session,
    who: Actor,
    typed: str,
    facility_id: str = "",
    *,
    today: date,
) -> PlaceNumber:
    """Give the organisation, or a facility of it, a GLN from today on.

    The number before stays known; Refused if it is another place's.
    """
    gln = normalise_gln(typed)
    place = access_facility(session, who, facility_id, "write") if facility_id else None
    place_id = place.id if place else None
    row = session.get(PlaceNumber, gln)
    mine = row is not None and row.organisation_id == who.organisation_id
    if row is not None and not (mine and row.facility_id == place_id):
        raise Refused(N_("Mã địa điểm này đã dùng cho nơi khác"), "gln")
    for one in list_place_numbers(session, who):
        if one.facility_id == place_id and one.gln != gln:
            one.valid_to = today
    session.flush()  # one number at most counts now
    if row is None:
        row = PlaceNumber(gln=gln, organisation_id=who.organisation_id)
        row.facility_id, row.valid_from = place_id, today
        session.add(row)
    row.valid_to = None
    session.flush()  # the page shows it at once
    return row


def list_place_numbers(session: Session, who: Actor) -> list[PlaceNumber]:
    """The GLNs of the organisation that count now, its own first."""
    rows = session.scalars(
        select(PlaceNumber)
        .where(
            PlaceNumber.organisation_id == who.organisation_id,
            PlaceNumber.valid_to.is_(None),
        )
        .order_by(PlaceNumber.gln)
    )
    return sorted(rows, key=lambda one: one.facility_id or 0)


def place_by_gln(session: Session, gln: str) -> PlaceNumber | None:
    """The place that has or had this number."""
    return session.get(PlaceNumber, gln)


def gln_of(session: Session, organisation_id: int) -> str:
    """The number of the organisation itself; empty if it has none."""
    wanted = select(PlaceNumber.gln).where(
        PlaceNumber.organisation_id == organisation_id,
        PlaceNumber.facility_id.is_(None),
        PlaceNumber.valid_to.is_(None),
    )
    return session.scalars(wanted).first() or ""


def draw_sscc(session: Session, who: Actor, lot: Lot, *, now: datetime) -> Sscc:
    """A number for one more pallet; no number is ever drawn twice.

    Refused without a company prefix, or when all serials under it are used up.
    """
    prefix = session.get(
        Gs1Prefix, who.organisation_id, with_for_update=True, populate_existing=True
    )
    if prefix is None:
        raise Refused(N_("Ghi tiền tố GS1 của đơn vị trước khi in nhãn kiện"))
    digits = 16 - len(prefix.prefix)
    if prefix.next_serial >= 10**digits:
        raise Refused(N_("Đã dùng hết số kiện của tiền tố này"))
    body = f"0{prefix.prefix}{prefix.next_serial:0{digits}d}"
    prefix.next_serial += 1
    row = Sscc(
        sscc=complete(body, 18),
        organisation_id=who.organisation_id,
        lot_id=lot.id,
        drawn_at=now,
    )
    session.add(row)
    session.flush()  # the label shows it
    return row


def list_ssccs(session: Session, who: Actor, lot: Lot) -> list[Sscc]:
    """The pallets of a lot that the actor's organisation numbered, the last 120."""
    wanted = select(Sscc).where(
        Sscc.lot_id == lot.id, Sscc.organisation_id == who.organisation_id
    )
    newest = session.scalars(wanted.order_by(Sscc.id.desc()).limit(120))
    return sorted(newest, key=lambda one: one.id)
