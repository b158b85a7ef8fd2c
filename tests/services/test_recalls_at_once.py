"""Two who open a recall of one lot at the same moment; both databases."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.domain.actor import Actor
from marketplace.domain.commands_lots import Made, TransformLots, Used
from marketplace.domain.errors import Refused
from marketplace.domain.recalls import OpenRecall, RecallKind
from marketplace.domain.words_trace import LotStep
from marketplace.services.invariants_lots import CHECKS_OF_LOTS
from marketplace.services.invariants_recalls import CHECKS_OF_RECALLS
from marketplace.services.lot_capture import capture
from marketplace.services.recall_lifting import lift_recall
from marketplace.services.recalls import extend_recalls, open_recall
from models.database import new_public_id, transaction
from models.lots import Lot
from models.recalls import Recall
from tests.factories import NOW, Make
from tests.lots_rows import Lots

LATER = NOW + timedelta(days=30)


@pytest.fixture
def shed(fresh_app):
    """The maker of a lot, an officer, and the lot: packed once already."""
    with fresh_app.app_context():
        with transaction() as session:
            make = Make(session)
            lots = Lots(session, make)
            maker = lots.seller()
            lot = lots.harvested(maker, 100)
            lots.turned(maker, {lot: 40}, [40])
            told = fresh_app, maker, make.officer(), lot.public_id, lots.tick()
        yield told


def at_once(app, *acts):
    """Each in a thread and a transaction of its own."""
    gate = threading.Barrier(len(acts))

    def one(act):
        with app.app_context():
            gate.wait()
            try:
                with transaction() as session:
                    return act(session)
            except Refused as refusal:
                return refusal.message

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def opens(who: Actor, lot: str):
    """Open a recall of this lot."""
    told = OpenRecall((lot,), RecallKind.RECALL, "Dư lượng thuốc")
    return lambda session: open_recall(session, who, told, now=LATER).public_id


def broken(session) -> list[object]:
    checks = (*CHECKS_OF_RECALLS, *CHECKS_OF_LOTS)
    return [one for check in checks for one in check(session)]


def test_both_stand_and_the_lot_is_held_until_both_are_lifted(shed) -> None:
    app, maker, officer, lot, _ = shed

    orders = at_once(app, opens(maker, lot), opens(officer, lot), opens(officer, lot))

    with transaction() as session:
        assert len(set(orders)) == 3
        assert [len(one.lots) for one in session.scalars(select(Recall))] == [2] * 3
        lift_recall(session, maker, orders[0], "Đạt", now=LATER)
        assert [one.held for one in session.scalars(select(Lot))] == [True, True]
        assert broken(session) == []


def test_what_is_packed_while_it_is_opened_is_refused_or_held(shed) -> None:
    app, maker, officer, lot, at = shed
    used, made = (Used(lot, 10),), (Made(10),)

    def pack(session) -> str:
        told = TransformLots(new_public_id(), LotStep.PACK, at, used, made)
        return capture(session, maker, told, now=LATER).public_id

    at_once(app, opens(officer, lot), pack, pack)

    with transaction() as session:
        extend_recalls(session, now=LATER)
        assert all(one.held for one in session.scalars(select(Lot)))
        assert broken(session) == []


@pytest.mark.databases("postgres")  # elsewhere who writes reads nothing older
def test_a_hold_counts_for_who_had_read_the_lot_before_it(shed) -> None:
    app, maker, officer, lot, at = shed
    told = TransformLots(
        new_public_id(), LotStep.PACK, at, (Used(lot, 10),), (Made(10),)
    )

    with transaction() as session:
        seen = session.scalars(select(Lot).where(Lot.public_id == lot)).one()
        assert not seen.held
        at_once(app, opens(officer, lot))
        with pytest.raises(Refused):
            capture(session, maker, told, now=LATER)
