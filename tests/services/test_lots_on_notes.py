"""Lots on delivery notes: spoken for while a note waits, moved when both confirmed."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.commands_deliveries import LotWeight, WriteNote
from marketplace.domain.errors import Refused
from marketplace.domain.recalls import OpenRecall, RecallKind
from marketplace.domain.words_trace import LotStep
from marketplace.services.delivery_notes import confirm_note, void_note
from marketplace.services.lot_corrections import declare_wrong
from marketplace.services.lot_notes import (
    LotWord,
    doubt_lots,
    moves_of,
    told_of_lots,
)
from marketplace.services.lot_stock import free_kg, usable_stock
from marketplace.services.note_writing import write_note
from marketplace.services.recalls import open_recall
from models.database import new_public_id
from models.deliveries import DeliveryNote
from models.lots import Lot
from models.notices import Notice
from models.organisations import Organisation
from tests.acting import Acted
from tests.factories import NOW, Make
from tests.lots_rows import Lots


class Shed:
    """A seller with 300 kg of a lot, and a contract to deliver it on."""

    def __init__(self, session: Session, make: Make) -> None:
        self.session, self.acted = session, Acted(session, make)
        self.lots = Lots(session, make)
        self.seller, self.buyer = self.acted.seller, self.acted.buyer
        make.area(session.get_one(Organisation, self.seller.organisation_id))
        self.lot: Lot = self.lots.harvested(self.seller, 300)

    def written(self, kg: int, code: str | None = None) -> DeliveryNote:
        """A note that waits for the buyer."""
        lots = (LotWeight(code or self.lot.code, kg, 0),)
        command = WriteNote(new_public_id(), 1, NOW, "Kho", lots)
        number = self.acted.contract.public_id
        return write_note(self.session, self.seller, number, command, now=NOW)

    def confirm(self, note: DeliveryNote) -> None:
        """The buyer stands by it too."""
        who, id_ = self.buyer, note.public_id
        confirm_note(self.session, who, id_, note.digest, now=NOW)


@pytest.fixture
def shed(session: Session, make: Make) -> Shed:
    return Shed(session, make)


def test_a_second_note_does_not_take_what_waits_on_the_first(shed: Shed) -> None:
    first = shed.written(200)

    with pytest.raises(Refused) as refused:
        shed.written(101)
    second = shed.written(100)

    assert refused.value.field == "lots"
    assert refused.value.params["waiting"] == "200"
    assert free_kg(shed.session, shed.seller, shed.lot) == 0
    assert usable_stock(shed.session, shed.seller, shed.lot.product_id) == []
    shed.confirm(first)
    shed.confirm(second)
    assert shed.lots.kg(shed.seller, shed.lot) == 0
    assert shed.lots.kg(shed.buyer, shed.lot) == 300


def test_no_other_step_takes_what_waits_until_the_note_is_void(shed: Shed) -> None:
    note = shed.written(250)

    with pytest.raises(Refused):
        shed.lots.turned(shed.seller, {shed.lot: 51}, [51])
    shed.lots.turned(shed.seller, {shed.lot: 50}, [50])
    void_note(shed.session, shed.seller, note.public_id, "Nhầm", now=NOW)
    shed.lots.turned(shed.seller, {shed.lot: 250}, [250])

    assert shed.lots.kg(shed.seller, shed.lot) == 0


def test_bad_goods_are_destroyed_though_a_note_waits_which_then_tells(
    shed: Shed,
) -> None:
    note = shed.written(300)

    shed.lots.ended(shed.seller, shed.lot, 100, LotStep.DESTROY)
    shed.confirm(note)

    assert moves_of(shed.session, note) == []
    assert told_of_lots(shed.session, note) == {shed.lot.code: LotWord.UNMOVED}


def test_who_got_held_goods_by_a_note_is_asked_and_told(shed: Shed) -> None:
    note = shed.written(120)
    command = OpenRecall((shed.lot.public_id,), RecallKind.HOLD, "Nghi dư lượng")
    recall = open_recall(shed.session, shed.seller, command, now=NOW)
    buyer = shed.buyer.organisation_id
    assert buyer not in {one.organisation_id for one in recall.answers}
    assert told_of_lots(shed.session, note) == {shed.lot.code: LotWord.HELD}

    shed.confirm(note)

    assert shed.lots.kg(shed.buyer, shed.lot) == 120
    shed.session.refresh(recall, ["answers"])
    asked = {one.organisation_id: one.asked_kg for one in recall.answers}
    assert asked[buyer] == 120
    wanted = select(Notice.organisation_id).where(
        Notice.subject == f"recall:{recall.public_id}"
    )
    assert buyer in set(shed.session.scalars(wanted))


def test_what_both_sides_of_a_note_say_neither_declares_wrong_alone(
    shed: Shed,
) -> None:
    note = shed.written(100)
    shed.confirm(note)

    for who, event in zip(
        (shed.seller, shed.buyer), moves_of(shed.session, note), strict=True
    ):
        with pytest.raises(Refused):
            declare_wrong(shed.session, who, event.public_id, "Nhầm", now=NOW)


def test_a_number_that_is_no_lot_is_doubted_where_lots_are_kept(
    shed: Shed, make: Make
) -> None:
    lots = (LotWeight("KHONG-CO", 10, 0), LotWeight(shed.lot.code, 10, 0))
    strange = Acted(shed.session, make).contract  # of a seller without any lots

    (odd,) = doubt_lots(shed.session, shed.acted.contract, lots)

    assert odd.params == {"lot": "KHONG-CO"}
    assert doubt_lots(shed.session, strange, lots) == []
    note = shed.written(10, "KHONG-CO")
    assert told_of_lots(shed.session, note) == {"KHONG-CO": LotWord.UNKNOWN}
