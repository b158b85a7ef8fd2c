"""What must hold of numbers on boxes, and of what strangers report about boxes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.gs1 import complete, is_sscc
from marketplace.services.violations import (
    Question,
    Violation,
    asked_alike,
    streamed,
)
from models.box_reports import BoxReport
from models.gs1_numbers import PlaceNumber, Sscc
from models.lots import Lot
from models.papers import Facility
from models.trade_items import LotItem, TradeItem, TradeItemGtin


@asked_alike
def _a_lot_is_packed_as_its_maker_s_goods() -> Iterator[Question]:
    yield (
        "a lot is packed as goods of its maker and of its product",
        select(Lot.public_id, TradeItem.public_id)
        .join(LotItem, LotItem.lot_id == Lot.id)
        .join(TradeItem, TradeItem.id == LotItem.item_id)
        .where(
            (TradeItem.organisation_id != Lot.organisation_id)
            | (TradeItem.product_id != Lot.product_id)
        ),
    )


@asked_alike
def _a_place_number_is_of_its_holder_s_facility() -> Iterator[Question]:
    yield (
        "a GLN of a facility belongs to whoever runs it",
        select(PlaceNumber.gln)
        .join(Facility, Facility.id == PlaceNumber.facility_id)
        .where(Facility.organisation_id != PlaceNumber.organisation_id),
    )


def _numbers_check(session: Session) -> Iterator[Violation]:
    """The last digit follows from the others, or no scanner takes the number."""
    for column, length in ((TradeItemGtin.gtin, 14), (PlaceNumber.gln, 13)):
        for (number,) in streamed(session, select(column)):
            if not number.isdecimal() or complete(number[:-1], length) != number:
                yield Violation("a number of GS1 has its check digit", number, "")
    for (number,) in streamed(session, select(Sscc.sscc)):
        if not is_sscc(number):
            yield Violation("a number of GS1 has its check digit", number, "")


@asked_alike
def _a_report_is_answered_after_it_came() -> Iterator[Question]:
    yield (
        "a report about a box is answered after it came",
        select(BoxReport.public_id).where(BoxReport.closed_at < BoxReport.at),
    )


CHECKS_OF_CODES: tuple[Callable[[Session], Iterator[Violation]], ...] = (
    _a_lot_is_packed_as_its_maker_s_goods,
    _a_place_number_is_of_its_holder_s_facility,
    _numbers_check,
    _a_report_is_answered_after_it_came,
)
