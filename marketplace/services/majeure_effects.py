"""What notices of force majeure do to the deliveries of a contract, read from rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from marketplace.domain.majeure import ACCEPTED, FOR_OFFICERS, OPEN, Excused
from marketplace.domain.words import Side
from marketplace.services.days import day_of
from models.bulk import among
from models.contracts import Contract
from models.majeure import MajeureLine, MajeureNotice


@dataclass(frozen=True)
class Hindrance:
    """What open notices say of the deliveries: kilograms by the number of the line."""

    kg: dict[int, int]
    since: date | None = None
    disputed: bool = False


def list_majeure(session: Session, contract: Contract) -> Sequence[MajeureNotice]:
    """Every notice of a contract, the oldest first."""
    wanted = select(MajeureNotice).where(MajeureNotice.contract_id == contract.id)
    wanted = wanted.options(selectinload(MajeureNotice.lines))
    return session.scalars(wanted.order_by(MajeureNotice.number)).all()


def lost_by_line(session: Session, contract_id: int) -> dict[int, int]:
    """Kilograms that accepted notices say are lost, by the number of the line."""
    lost: dict[int, int] = defaultdict(int)
    for line, _notice in _accepted(session, contract_id):
        lost[line.line] += line.lost_kg
    return dict(lost)


def lost_by_lines(
    session: Session, contracts: Collection[int]
) -> dict[tuple[int, int], int]:
    """As `lost_by_line`, of many contracts, by contract and line."""
    lost: dict[tuple[int, int], int] = defaultdict(int)
    rows = session.execute(
        select(MajeureLine.contract_id, MajeureLine.line, MajeureLine.lost_kg)
        .join(MajeureNotice, MajeureNotice.id == MajeureLine.notice_id)
        .where(
            among(session, MajeureLine.contract_id, contracts),
            MajeureNotice.state.in_(ACCEPTED),
        )
    )
    for contract, line, kg in rows:
        lost[contract, line] += kg
    return dict(lost)


def excused_by_side(
    session: Session, contract: Contract, today: date
) -> dict[Side, dict[int, Excused]]:
    """What each side was excused of by the end of a day, by the number of the line."""
    found: dict[Side, dict[int, Excused]] = {side: {} for side in Side}
    for line, notice in _accepted(session, contract.id):
        if accepted_on(notice) > today:
            continue
        of_side = found[notice.given_by]
        so_far = of_side.get(line.line, Excused())
        of_side[line.line] = Excused(
            so_far.lost_kg + line.lost_kg, so_far.postponed_kg + line.postponed_kg
        )
    return found


def hindrance_of(session: Session, contract: Contract) -> Hindrance:
    """What the notices that wait for an answer say of the deliveries to come."""
    waiting = [one for one in list_majeure(session, contract) if one.state in OPEN]
    kg: dict[int, int] = defaultdict(int)
    for notice in waiting:
        for line in notice.lines:
            kg[line.line] += line.lost_kg + line.postponed_kg
    since = min((day_of(one.given_at) for one in waiting), default=None)
    disputed = any(one.state in FOR_OFFICERS for one in waiting)
    return Hindrance(dict(kg), since, disputed)


def accepted_on(notice: MajeureNotice) -> date:
    """The day on which the other side or an officer let an accepted notice stand."""
    at = notice.decided_at or notice.answered_at
    assert at is not None, notice.number
    return day_of(at)


def _accepted(
    session: Session, contract_id: int
) -> list[tuple[MajeureLine, MajeureNotice]]:
    rows = session.execute(
        select(MajeureLine, MajeureNotice)
        .join(MajeureNotice, MajeureNotice.id == MajeureLine.notice_id)
        .where(
            MajeureLine.contract_id == contract_id, MajeureNotice.state.in_(ACCEPTED)
        )
        .order_by(MajeureNotice.number, MajeureLine.line)
    )
    return [(line, notice) for line, notice in rows]
