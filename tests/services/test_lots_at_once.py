"""Two who take from one lot at a time never take more than there is; both databases."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from marketplace.domain.commands_lots import Made, TransformLots, Used
from marketplace.domain.errors import Refused
from marketplace.domain.words_trace import LotStep
from marketplace.services.invariants_lots import CHECKS_OF_LOTS
from marketplace.services.lot_capture import capture
from models.database import new_public_id, transaction
from models.lot_events import LotEvent
from models.lots import Lot, LotHolding
from tests.factories import NOW, Make
from tests.lots_rows import Lots

MANY = 6


@pytest.fixture
def split(fresh_app):
    """A lot of 100 kg, and a function that takes from it in several threads at once."""
    with fresh_app.app_context(), transaction() as session:
        lots = Lots(session, Make(session))
        who = lots.seller()
        lot = lots.harvested(who, 100)
        lot_id, name, at = lot.id, lot.public_id, lots.tick()

    def run(kg: int, ids: list[str]) -> list[str]:
        gate = threading.Barrier(len(ids))

        def one(event_id: str) -> str:
            told = TransformLots(
                event_id, LotStep.PACK, at, (Used(name, kg),), (Made(kg),)
            )
            with fresh_app.app_context():
                gate.wait()
                try:
                    with transaction() as mine:
                        later = NOW + timedelta(days=30)
                        return capture(mine, who, told, now=later).public_id
                except Refused as refusal:
                    return refusal.message

        with ThreadPoolExecutor(len(ids)) as pool:
            return list(pool.map(one, ids))

    with fresh_app.app_context():
        yield run, lot_id


def test_what_is_there_is_taken_once(split) -> None:
    take, lot_id = split
    ids = [new_public_id() for _ in range(MANY)]

    answers = take(30, ids)

    with transaction() as session:
        left = session.scalar(select(LotHolding.kg).where(LotHolding.lot_id == lot_id))
        assert left == 10
        assert all(list(check(session)) == [] for check in CHECKS_OF_LOTS)
    assert sum(answer in ids for answer in answers) == 3


def test_the_same_event_many_times_is_one(split) -> None:
    take, lot_id = split
    event_id = new_public_id()

    answers = take(30, [event_id] * MANY)

    assert set(answers) == {event_id}
    with transaction() as session:
        left = session.scalar(select(LotHolding.kg).where(LotHolding.lot_id == lot_id))
        assert left == 70
        counted = select(func.count()).select_from(LotEvent)
        assert session.scalar(counted.where(LotEvent.public_id == event_id)) == 1
        assert session.scalar(select(func.count()).select_from(Lot)) == 2
