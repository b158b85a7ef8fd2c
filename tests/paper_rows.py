"""Rows of papers beyond what the factories make."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from marketplace.domain.words import Market, PaperState
from models.paper_records import PackingHouseCode
from models.papers import Facility
from tests.factories import NOW, TODAY


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
