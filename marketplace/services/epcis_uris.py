"""The addresses under which lots, places and parties stand in EPCIS documents.

A GS1 key where there is one (Digital Link under our own domain), else an address of
ours that never changes: its last part is the public id.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.gs1 import build_link
from marketplace.domain.gs1_uris import HOME, canonical_uri, check_digit
from marketplace.services.trade_items import item_by_gtin, lot_of_item
from models.deliveries import DeliveryNote
from models.lots import Lot
from models.organisations import Organisation
from models.papers import Facility, GrowingArea

_OF_GTIN = re.compile(re.escape(HOME) + r"/01/(\d{14})/10/([^/]+)")


def class_uri(lot: Lot, base: str) -> str:
    """The class of goods that a lot is: its GTIN with its number, if it has one.

    A GTIN that was corrected since does not change what was printed on the lot.
    """
    gtin = lot.sold_as.item.gtin_of(lot.made_on) if lot.sold_as else None
    if gtin is None:
        return f"{base}/lo/{lot.public_id}"
    return build_link([("01", gtin), ("10", lot.code)]).uri(base)


def lot_of_uri(session: Session, uri: str, base: str) -> Lot | None:
    """The lot that an address means: of ours, or a GTIN that is known here."""
    start = f"{base}/lo/"
    if uri.startswith(start):
        wanted = select(Lot).where(Lot.public_id == uri.removeprefix(start))
        return session.scalars(wanted).first()
    match = _OF_GTIN.fullmatch(canonical_uri(uri))
    item = item_by_gtin(session, match[1]) if match else None
    if match is None or item is None:
        return None
    return lot_of_item(session, item, unquote(match[2]))


def party_uri(organisation: Organisation, base: str) -> str:
    """Who owns goods; the GLN as that of a party (AI 417)."""
    gln = organisation.gln or ""
    if _is_gln(gln):
        return f"{base}/417/{gln}"
    return f"{base}/don-vi/{organisation.public_id}"


def organisation_of_uri(session: Session, uri: str, base: str) -> Organisation | None:
    """The organisation that an address of a party or of its place means."""
    spelled = canonical_uri(uri)
    for start in (f"{HOME}/417/", f"{HOME}/414/"):
        if spelled.startswith(start):
            gln = spelled.removeprefix(start).partition("/")[0]
            wanted = select(Organisation).where(Organisation.gln == gln)
            found = session.scalars(wanted.limit(2)).all()
            return found[0] if len(found) == 1 else None
    start = f"{base}/don-vi/"
    if not uri.startswith(start):
        return None
    public_id = uri.removeprefix(start).removesuffix("/tru-so")
    named = select(Organisation).where(Organisation.public_id == public_id)
    return session.scalars(named).first()


def home_uri(organisation: Organisation, base: str) -> str:
    """Where an organisation is; the GLN as that of a place (AI 414)."""
    gln = organisation.gln or ""
    if _is_gln(gln):
        return f"{base}/414/{gln}"
    return f"{base}/don-vi/{organisation.public_id}/tru-so"


def facility_uri(facility: Facility, base: str) -> str:
    """A packing house, a dryer, a store."""
    for one in facility.numbers:
        if one.valid_to is None:
            return f"{base}/414/{one.gln}"
    return f"{base}/co-so/{facility.public_id}"


def area_uri(area: GrowingArea, base: str) -> str:
    """The garden that fruit was picked in."""
    return f"{base}/vung-trong/{area.public_id}"


def note_uri(note: DeliveryNote, base: str) -> str:
    """The delivery note that goods went with."""
    return f"{base}/phieu-giao/{note.public_id}"


def _is_gln(gln: str) -> bool:
    return len(gln) == 13 and gln.isdecimal() and check_digit(gln[:12]) == gln[12]
