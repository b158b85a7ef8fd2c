"""What the authority aims at this year, and a published number that was read wrongly."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial

from sqlalchemy import select

from marketplace.demo.authority import DISTRICT
from marketplace.demo.diary import Diary, World
from marketplace.demo.people import OFFICER, SECOND_OFFICER
from marketplace.domain.commands_board import CorrectBaseline, StateNumber
from marketplace.domain.words_board import BoardMetric, StatedKind
from marketplace.services.baseline_corrections import correct_baseline
from marketplace.services.stated_numbers import approve_number, state_number
from models.reference import AreaGroup, DeclaredBaseline

STATED, APPROVED, PENDING, CORRECTED = 130, 128, 2, 1  # days ago
DECISION = "Kế hoạch năm của cơ quan (mẫu)"
# What is counted, of which product group, in which part of the year, how much.
AIMS = (
    (BoardMetric.SAFE_SUPPLY, "", "N", 36),
    (BoardMetric.SAFE_SUPPLY, "longan", "N", 24),
    (BoardMetric.SAFE_SUPPLY, "mango", "N", 8),
    (BoardMetric.PRODUCT_DEVELOPMENT, "", "N", 10),
    (BoardMetric.PRODUCT_DEVELOPMENT, "longan", "N", 6),
    (BoardMetric.VIETGAP_AREA, "longan", "N", 900),
    (BoardMetric.EXPORT_CODES, "", "N", 55),
    (BoardMetric.SAFE_SUPPLY, "", "9T", 33),
    (BoardMetric.COOPERATIVES, "", "N", 80),
)
LATEST = (BoardMetric.OCOP_PRODUCTS, "", "N", 8)


def note_targets(world: World, diary: Diary) -> None:
    """One officer states, another approves; the last ones still wait."""
    year = world.today.year
    for metric, group, part, number in AIMS:
        command = _aim(metric, group, f"{year}-{part}", number)
        diary.note(world.day(STATED), partial(_state, world, diary, command))
    waits = _aim(*LATEST[:2], f"{year}-{LATEST[2]}", LATEST[3])
    diary.note(world.day(PENDING), partial(_state, world, None, waits))
    diary.note(world.day(CORRECTED), partial(_correct, world))


def _aim(metric: BoardMetric, group: str, period: str, number: int) -> StateNumber:
    return StateNumber(
        kind=StatedKind.TARGET,
        metric=metric,
        area=DISTRICT,
        number=Decimal(number),
        source=DECISION,
        period=period,
        group=group,
    )


def _state(world: World, diary: Diary | None, command: StateNumber, day: date) -> None:
    session, who, now = world.session, world.actors[OFFICER.email], world.at(day)
    stated = state_number(session, who, command, today=day, now=now)
    session.flush()  # whoever approves it names it
    if diary is not None:
        deed = partial(_approve, world, stated.public_id)
        diary.note(world.day(APPROVED), deed)


def _approve(world: World, public_id: str, day: date) -> None:
    second, now = world.actors[SECOND_OFFICER.email], world.at(day)
    approve_number(world.session, second, public_id, now=now)


def _correct(world: World, day: date) -> None:
    """The paper says 710 hectares; the register of codes that it quotes says 712."""
    session, who, now = world.session, world.actors[OFFICER.email], world.at(day)
    number = session.scalars(
        select(DeclaredBaseline.id)
        .join(AreaGroup, AreaGroup.id == DeclaredBaseline.area_group_id)
        .where(
            AreaGroup.code == DISTRICT,
            DeclaredBaseline.metric == BoardMetric.EXPORT_CODE_AREA,
        )
    ).first()
    assert number is not None
    source, why = "Sổ mã số vùng trồng (mẫu)", "Báo làm tròn, sổ ghi 712,4 ha"
    command = CorrectBaseline("712,4", source, why)
    correct_baseline(session, who, number, command, now=now)
