"""Whatever is told of lots in whatever order, kilograms add up and all leads back."""

from __future__ import annotations

import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from marketplace.domain.errors import Refused
from marketplace.domain.words_trace import TRANSFORMATIONS, LotStep
from marketplace.services.invariants_lots import CHECKS_OF_LOTS
from marketplace.services.lot_corrections import declare_wrong
from marketplace.services.lot_graph import (
    ancestors,
    descendants,
    origins_of,
    whereabouts,
)
from models.lot_events import LotEvent, LotOrigin, LotPart
from models.lots import Lot, LotHolding, LotLink
from tests.factories import NOW, Make
from tests.lots_rows import Lots

EXAMPLES = int(os.environ.get("MACHINE_EXAMPLES", "25"))
NUMBERS = st.integers(0, 99)
STEPS = st.tuples(
    st.sampled_from(["pick", "turn", "merge", "ship", "arrive", "sell", "wrong"]),
    NUMBERS,
    NUMBERS,
)


class Story:
    """A cooperative and a buyer who do what the numbers say, if it can be done."""

    def __init__(self, lots: Lots) -> None:
        self.lots = lots
        self.people = [lots.seller(), lots.of(lots.make.buyer())]
        self.ships: list[LotEvent] = []
        self.lost = Counter[int]()

    def stock(self, number: int) -> LotHolding | None:
        wanted = select(LotHolding).where(LotHolding.kg > 0).order_by(LotHolding.lot_id)
        held = self.lots.session.scalars(wanted).all()
        return held[number % len(held)] if held else None

    def who(self, holding: LotHolding):
        return next(
            one for one in self.people if one.organisation_id == holding.organisation_id
        )

    def act(self, step: str, first: int, second: int) -> None:
        holding = self.stock(first)
        if step == "pick" or holding is None:
            self.lots.harvested(self.people[0], 1 + first)
            return
        getattr(self, step)(holding, first, second)

    def turn(self, holding: LotHolding, first: int, second: int) -> None:
        kg = 1 + second % holding.kg
        parts = [kg] if kg == 1 else [kg // 2, kg - kg // 2 - second % 2]
        self.lots.turned(self.who(holding), {holding.lot: kg}, [p for p in parts if p])

    def merge(self, holding: LotHolding, first: int, second: int) -> None:
        other = self.stock(second)
        assert other is not None
        if other.organisation_id != holding.organisation_id:
            return
        used = {holding.lot: holding.kg, other.lot: other.kg}
        self.lots.turned(self.who(holding), used, [sum(used.values())], LotStep.SORT)

    def ship(self, holding: LotHolding, first: int, second: int) -> None:
        who = self.who(holding)
        to = next(one for one in self.people if one is not who).organisation_id
        kg = 1 + second % holding.kg
        self.ships.append(self.lots.shipped(who, holding.lot, kg, to))

    def arrive(self, holding: LotHolding, first: int, second: int) -> None:
        if not self.ships:
            return
        ship = self.ships.pop(first % len(self.ships))
        to = next(
            one for one in self.people if one.organisation_id == ship.to_organisation_id
        )
        kg = max(1, ship.in_kg - second % 2)
        self.lots.arrived(to, ship, kg)

    def sell(self, holding: LotHolding, first: int, second: int) -> None:
        self.lots.ended(self.who(holding), holding.lot, 1 + second % holding.kg)

    def wrong(self, holding: LotHolding, first: int, second: int) -> None:
        events = self.lots.session.scalars(select(LotEvent).order_by(LotEvent.id)).all()
        event = events[second % len(events)]
        who = next(
            one for one in self.people if one.organisation_id == event.organisation_id
        )
        declare_wrong(self.lots.session, who, event.public_id, "Nhầm", now=NOW)
        self.ships = [one for one in self.ships if one is not event]


def happen(story: Story, steps: list[tuple[str, int, int]]) -> None:
    """Each step is stored whole or refused whole."""
    for step, first, second in steps:
        try:
            with story.lots.session.begin_nested():
                story.act(step, first, second)
        except Refused:
            story.lots.session.expire_all()


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(steps=st.lists(STEPS, min_size=5, max_size=25))
def test_any_story_keeps_the_balance(
    session: Session, make: Make, steps: list[tuple[str, int, int]]
) -> None:
    savepoint = session.begin_nested()
    try:
        happen(Story(Lots(session, make)), steps)
        session.flush()
        for check in CHECKS_OF_LOTS:
            assert list(check(session)) == []
        for lot in session.scalars(select(Lot).where(Lot.voided_at.is_(None))).all():
            back, on = ancestors(session, [lot.id]), descendants(session, [lot.id])
            assert origins_of(session, [lot.id]), "one step back leads to a garden"
            assert back & on == {lot.id}, "no lot is made of itself"
            assert accounted(session, lot) == lot.made_kg
    finally:
        savepoint.rollback()
        session.expunge_all()


def accounted(session: Session, lot: Lot) -> int:
    """Kilograms where they are, where they went, what became of them, what was lost."""
    found = sum(one.kg for one in whereabouts(session, [lot.id]))
    parts = session.execute(
        select(LotPart.kg, LotEvent)
        .join(LotEvent, LotEvent.id == LotPart.event_id)
        .where(LotPart.lot_id == lot.id, LotEvent.wrong_at.is_(None))
    ).all()
    turned = sum(
        part.kg
        for part in parts
        if part.LotEvent.step in TRANSFORMATIONS
        and any(p.lot_id == lot.id and p.role == "input" for p in part.LotEvent.parts)
    )
    lost = sum(
        part.LotEvent.loss_kg for part in parts if part.LotEvent.step is LotStep.ARRIVE
    )
    return found + turned + lost


@pytest.mark.parametrize(
    ("rule", "breakage"),
    [
        ("what is held", lambda: update(LotHolding).values(kg=LotHolding.kg + 1)),
        ("a lot was made", lambda: update(Lot).values(voided_at=NOW)),
        ("nothing is held", lambda: update(Lot).values(voided_at=NOW)),
    ],
)
def test_a_broken_rule_is_found(session, make, rule, breakage) -> None:
    lots = Lots(session, make)
    lots.turned(who := lots.seller(), {lots.harvested(who): 10}, [10])

    session.execute(breakage())

    found = [one.rule for check in CHECKS_OF_LOTS for one in check(session)]
    assert any(one.startswith(rule) for one in found)


def test_a_lost_link_or_origin_is_found(session, make) -> None:
    lots = Lots(session, make)
    lots.turned(who := lots.seller(), {lots.harvested(who): 10}, [10])
    (link,) = session.scalars(select(LotLink))
    (origin,) = session.scalars(select(LotOrigin))

    # Rows of both are never removed; what was never written is missing all the same.
    event = session.get_one(LotEvent, link.event_id)
    part = LotPart(
        event_id=event.id, number=9, lot_id=link.child_id, role="input", kg=1
    )
    session.add(part)
    session.add(
        LotOrigin(event_id=origin.event_id, number=9, area_id=origin.area_id, kg=1)
    )
    session.flush()

    found = {one.rule for check in CHECKS_OF_LOTS for one in check(session)}
    assert "the gardens of a harvest add up to its lot" in found
    assert "what a step makes is linked to all that went into it" in found
