"""What changed in an officer's area since the officer last looked.

Whatever is dated by the day counts from the day of the last look on: what came
later on that day is told twice rather than never.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, func, or_, select
from sqlalchemy.orm import Session, aliased

from marketplace.domain.actor import Actor
from marketplace.domain.words_board import NewsKind
from marketplace.services.days import day_of
from marketplace.services.organisations import within_scope
from marketplace.services.units import lies_within
from models.board_looks import BoardLook
from models.chain_days import ChainInterval
from models.chains import Chain
from models.contracts import Contract
from models.organisations import Organisation, VerificationCase
from models.papers import Certificate
from models.reference import AdminUnit

Near = Callable[[Any], ColumnElement[bool]]
"""Whether a column names a unit of the officer's scope."""
FIRST_LOOK = timedelta(days=30)  # how far back who has never looked is told
MOST = 50  # of each kind on the page


@dataclass(frozen=True)
class News:
    """One thing that happened: to what, by name and id, on which day.

    `detail` is a name or number beside it; empty where there is none.
    """

    kind: NewsKind
    public_id: str
    name: str
    detail: str
    day: date


def last_look(session: Session, who: Actor, *, now: datetime) -> datetime:
    """When the officer last looked; a month ago for who never did."""
    seen = session.get(BoardLook, (who.user_id, who.organisation_id))
    return seen.looked_at if seen else now - FIRST_LOOK


def mark_looked(session: Session, who: Actor, *, now: datetime) -> None:
    """From now on only what comes later is new."""
    key = (who.user_id, who.organisation_id)
    seen = session.get(BoardLook, key, with_for_update=True)
    if seen is None:
        seen = BoardLook(user_id=key[0], organisation_id=key[1], looked_at=now)
        session.add(seen)
    seen.looked_at = max(seen.looked_at, now)


def count_news(
    session: Session, who: Actor, *, since: datetime, today: date
) -> Mapping[NewsKind, int]:
    """How much of each kind is new, in one query."""
    counts = [
        select(func.count()).select_from(new.subquery()).scalar_subquery()
        for new in _queries(session, who, since, today).values()
    ]
    return dict(zip(NewsKind, session.execute(select(*counts)).one(), strict=True))


def list_news(
    session: Session, who: Actor, *, since: datetime, today: date
) -> Mapping[NewsKind, Sequence[News]]:
    """What is new of each kind, newest first, each with what it is about."""
    return {
        kind: [
            News(kind, public_id, name, detail or "", _day(day))
            for public_id, name, detail, day in session.execute(
                _TOLD[kind](new.subquery()).limit(MOST)
            )
        ]
        for kind, new in _queries(session, who, since, today).items()
    }


def _day(moment: date | datetime) -> date:
    return day_of(moment) if isinstance(moment, datetime) else moment


def _queries(
    session: Session, who: Actor, since: datetime, today: date
) -> dict[NewsKind, Select[Any]]:
    """Per kind: the id of what is new, and the day; no more is read to count it."""
    first = day_of(since)

    def near(unit: Any) -> ColumnElement[bool]:
        return lies_within(session, unit, who.scope_unit_ids)

    return {
        NewsKind.CHAIN_BEGAN: _began(near, first, today),
        NewsKind.CHAIN_STOPPED: _stopped(near, first, today),
        NewsKind.PAPER_LAPSED: _lapsed(near, first, today),
        NewsKind.CONTRACT_SIGNED: _signed(near, first, today),
        NewsKind.CONTRACT_BREACHED: _breached(near, first, today),
        NewsKind.VERIFICATION: _verifications(session, who, since),
    }


def _began(near: Near, first: date, today: date) -> Select[Any]:
    """It counts from a day on, and did not on the day before."""
    row, before = ChainInterval, aliased(ChainInterval)
    counted_before = select(before.chain_id).where(
        before.chain_id == row.chain_id,
        before.valid_to == row.valid_from,
        before.counts,
    )
    return _dated(row.chain_id, row.valid_from).where(
        row.counts,
        row.valid_from.between(first, today),
        near(row.unit_id),
        ~counted_before.exists(),
    )


def _stopped(near: Near, first: date, today: date) -> Select[Any]:
    """It counted until a day, and no longer on it."""
    row, after = ChainInterval, aliased(ChainInterval)
    counts_after = select(after.chain_id).where(
        after.chain_id == row.chain_id,
        after.valid_from == row.valid_to,
        after.counts,
    )
    return _dated(row.chain_id, row.valid_to).where(
        row.counts,
        row.valid_to.between(first, today),
        near(row.unit_id),
        ~counts_after.exists(),
    )


def _lapsed(near: Near, first: date, today: date) -> Select[Any]:
    """Verified papers whose last day has passed, or that were taken back."""
    paper = Certificate
    ended = func.coalesce(paper.ended_on, paper.expires_on)
    return (
        _dated(paper.id, ended)
        .join(Organisation, Organisation.id == paper.organisation_id)
        .where(
            paper.verified_at.is_not(None),
            or_(
                paper.ended_on.between(first, today),
                paper.ended_on.is_(None)
                & (paper.expires_on >= first - timedelta(days=1))
                & (paper.expires_on < today),
            ),
            near(Organisation.unit_id),
        )
    )


def _signed(near: Near, first: date, today: date) -> Select[Any]:
    return _of_contracts(near, Contract.signed_on).where(
        Contract.signed_on.between(first, today)
    )


def _breached(near: Near, first: date, today: date) -> Select[Any]:
    return _of_contracts(near, Contract.ended_on).where(
        Contract.ended_for_breach, Contract.ended_on.between(first, today)
    )


def _of_contracts(near: Near, day: Any) -> Select[Any]:
    return (
        _dated(Contract.id, day)
        .join(Organisation, Organisation.id == Contract.seller_id)
        .where(near(Organisation.unit_id))
    )


def _verifications(session: Session, who: Actor, since: datetime) -> Select[Any]:
    case = VerificationCase
    found = _dated(case.id, case.submitted_at)
    return found.join(Organisation, Organisation.id == case.organisation_id).where(
        case.decision.is_(None),
        case.submitted_at > since,
        within_scope(session, who),
    )


def _dated(id_: Any, day: Any) -> Select[Any]:
    return select(id_.label("id"), day.label("day"))


def _chains(new: Subquery) -> Select[Any]:
    wanted = select(Chain.public_id, Chain.name, Organisation.short_name, new.c.day)
    wanted = wanted.join_from(new, Chain, Chain.id == new.c.id)
    return _newest(wanted, new, Chain.lead_id)


def _papers(new: Subquery) -> Select[Any]:
    paper, holder = Certificate, Organisation.short_name
    wanted = select(paper.public_id, holder, paper.number, new.c.day)
    wanted = wanted.join_from(new, paper, paper.id == new.c.id)
    return _newest(wanted, new, paper.organisation_id)


def _contracts(new: Subquery) -> Select[Any]:
    row, seller = Contract, Organisation.short_name
    wanted = select(row.public_id, row.number, seller, new.c.day)
    wanted = wanted.join_from(new, row, row.id == new.c.id)
    return _newest(wanted, new, row.seller_id)


def _cases(new: Subquery) -> Select[Any]:
    case, name = VerificationCase, Organisation.short_name
    wanted = select(case.public_id, name, AdminUnit.name, new.c.day)
    wanted = wanted.join_from(new, case, case.id == new.c.id)
    wanted = _newest(wanted, new, case.organisation_id)
    return wanted.join(AdminUnit, AdminUnit.id == Organisation.unit_id)


def _newest(wanted: Select[Any], new: Subquery, whose: Any) -> Select[Any]:
    wanted = wanted.join(Organisation, Organisation.id == whose)
    return wanted.order_by(new.c.day.desc(), new.c.id)


_TOLD: Mapping[NewsKind, Callable[[Subquery], Select[Any]]] = {
    NewsKind.CHAIN_BEGAN: _chains,
    NewsKind.CHAIN_STOPPED: _chains,
    NewsKind.PAPER_LAPSED: _papers,
    NewsKind.CONTRACT_SIGNED: _contracts,
    NewsKind.CONTRACT_BREACHED: _contracts,
    NewsKind.VERIFICATION: _cases,
}
