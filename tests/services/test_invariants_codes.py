"""What the checks of numbers on boxes find, and that sound rows pass."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.services.invariants_codes import CHECKS_OF_CODES
from models.trade_items import LotItem, TradeItemGtin
from tests.box_rows import Boxes, reported
from tests.factories import NOW

pytestmark = pytest.mark.databases("sqlite")


def broken(session) -> list[str]:
    """The rules that do not hold."""
    session.flush()  # the checks read the tables
    return [one.rule for check in CHECKS_OF_CODES for one in check(session)]


def test_numbers_lots_and_reports_that_cannot_be_are_found(session, make):
    boxes = Boxes(session, make, make.organisation())
    make.area(boxes.owner)
    lot = boxes.lot(boxes.item())
    report = reported(session, lot)
    sound = broken(session)
    other = make.organisation()
    strange = Boxes(session, make, other).item()

    session.get_one(LotItem, lot.id).item = strange
    gtin = session.scalars(select(TradeItemGtin)).first()
    session.add(
        TradeItemGtin(
            gtin=f"{(int(gtin.gtin) // 10 * 10) + (int(gtin.gtin) + 1) % 10:014d}",
            item_id=strange.id,
            valid_from=gtin.valid_from,
            valid_to=gtin.valid_from,
        )
    )
    report.closed_at, report.answer = NOW - timedelta(days=400), "Đã xem"
    report.closed_by_id = boxes.who.user_id

    assert sound == []
    assert sorted(broken(session)) == [
        "a lot is packed as goods of its maker and of its product",
        "a number of GS1 has its check digit",
        "a report about a box is answered after it came",
    ]
