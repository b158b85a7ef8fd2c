"""Rows of papers beyond what the factories make."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from marketplace.domain.actor import Actor, Role
from marketplace.domain.words import Market, PaperState
from marketplace.services.paper_documents import prepare_document
from marketplace.services.paper_files import add_paper_files, all_paper_files
from models.paper_files import PaperFile
from models.paper_records import PackingHouseCode
from models.papers import Certificate, Facility
from tests import photo_rows
from tests.factories import NOW, TODAY, Make


def packing_code(session: Any, facility: Facility, **over: Any) -> PackingHouseCode:
    """The facility's code for China, there once; it waits for an officer."""
    wanted = select(PackingHouseCode).where(PackingHouseCode.facility_id == facility.id)
    if not over and (known := session.scalars(wanted).first()):
        return known
    values: dict[str, Any] = {
        "market": Market.CN,
        "code": f"VN-SLPH-{100 + facility.id:03d}",
        "state": PaperState.PENDING,
        "valid_from": TODAY - timedelta(days=300),
        "valid_to": TODAY + timedelta(days=300),
        "updated_at": NOW,
    }
    row = PackingHouseCode(facility_id=facility.id, **(values | over))
    session.add(row)
    session.flush()
    return row


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def paper_file(session: Any, row: Certificate) -> PaperFile:
    """A picture of the certificate, there once."""
    if known := all_paper_files(session, row):
        return known[0]
    user = Make(session).user()
    who = Actor(user.id, row.organisation_id, Role.DIRECTOR)
    sent = [("giay.jpg", prepare_document(photo_rows.jpeg()))]
    return add_paper_files(session, who, row, sent, today=TODAY, now=NOW)[0]
