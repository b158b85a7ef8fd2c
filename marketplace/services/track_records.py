"""How an organisation has kept its contracts, as each reader may know it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.domain.actor import Actor
from marketplace.domain.errors import NotFound
from marketplace.domain.track_record import (
    ContractEnd,
    Fact,
    FactKind,
    Figure,
    figures_of,
    says_enough,
)
from marketplace.domain.words import Verdict
from marketplace.services.organisations import access_organisation, oversees
from marketplace.services.rules import rule
from models.contracts import Contract
from models.organisations import Organisation
from models.proposals import Proposal
from models.track_records import RecordContest, RecordFact

GOOD_PCT = 90
"""From this share on a figure is no matter to talk about."""


class Reader(StrEnum):
    """Who reads a record: its own people, its officers, those who deal with it."""

    OWN = "own"
    OFFICER = "officer"
    PARTNER = "partner"


@dataclass(frozen=True)
class TrackRecord:
    """The figures of an organisation since a day, as one reader may know them.

    `too_few` are the kinds of which a stranger would learn of single contracts;
    their figures are not here.
    """

    organisation: Organisation
    reader: Reader
    since: date
    until: date
    figures: Mapping[FactKind, Figure]
    too_few: frozenset[FactKind]
    least: int

    @property
    def verdict(self) -> Verdict:
        """Something to talk about, or nothing known against it."""
        contracts = self.figures.get(FactKind.CONTRACT)
        if contracts and dict(contracts.ends).get(ContractEnd.BROKEN):
            return Verdict.TIGHT
        shares = (one.good_pct for one in self.figures.values())
        low = any(share is not None and share < GOOD_PCT for share in shares)
        return Verdict.TIGHT if low else Verdict.OK

    @property
    def in_order(self) -> bool:
        return self.verdict is Verdict.OK

    @property
    def drillable(self) -> bool:
        return self.reader is not Reader.PARTNER


def track_record(
    session: Session, who: Actor, organisation: Organisation, *, today: date
) -> TrackRecord | None:
    """What the reader may know of an organisation; None for who has no dealings.

    Those who deal with it read sums alone, and only where enough contracts lie
    behind them that are not their own.
    """
    reader = reader_of(session, who, organisation)
    if reader is None:
        return None
    shown = rule(session, "record.shown", today)
    since = months_before(today, int(shown["months"]))
    found = figures_of(map(fact_of, _facts(session, organisation.id, since)))
    least, too_few = int(shown["least_contracts"]), frozenset[FactKind]()
    if reader is Reader.PARTNER:
        known = _common(session, who.organisation_id, organisation.id)
        too_few = _hidden(found, known, least)
        found = {kind: one for kind, one in found.items() if kind not in too_few}
    return TrackRecord(organisation, reader, since, today, found, too_few, least)


def _hidden(
    found: Mapping[FactKind, Figure], known: Collection[int], least: int
) -> frozenset[FactKind]:
    few = (k for k, one in found.items() if not says_enough(one, known, least))
    return frozenset(few)


def reader_of(
    session: Session, who: Actor, organisation: Organisation
) -> Reader | None:
    """In what role somebody reads a record; None for a stranger."""
    if who.organisation_id == organisation.id:
        return Reader.OWN
    if oversees(who, organisation):
        return Reader.OFFICER
    both = (who.organisation_id, organisation.id)
    met = select(Proposal.id).where(
        Proposal.seller_id.in_(both), Proposal.buyer_id.in_(both)
    )
    if session.scalar(met.limit(1)) or _common(session, *both):
        return Reader.PARTNER
    return None


def _common(session: Session, one: int, other: int) -> Sequence[int]:
    """The contracts that two organisations have with each other."""
    both = (one, other)
    wanted = select(Contract.id).where(
        Contract.seller_id.in_(both), Contract.buyer_id.in_(both)
    )
    return session.scalars(wanted).all()


def access_record(
    session: Session, who: Actor, public_id: str, *, today: date
) -> TrackRecord:
    """The record of a page; NotFound for who has no dealings with the organisation."""
    organisation = access_organisation(session, who, public_id)
    record = track_record(session, who, organisation, today=today)
    if record is None:
        raise NotFound
    return record


def facts_behind(
    session: Session, record: TrackRecord, kind: FactKind
) -> Sequence[RecordFact]:
    """The facts of a figure, newest first; NotFound where only sums may be known."""
    if not record.drillable:
        raise NotFound
    rows = _facts(session, record.organisation.id, record.since)
    return [row for row in rows if row.kind is kind]


def _facts(session: Session, organisation_id: int, since: date) -> Sequence[RecordFact]:
    wanted = (
        select(RecordFact)
        .where(RecordFact.organisation_id == organisation_id, RecordFact.day >= since)
        .options(
            joinedload(RecordFact.contract),
            joinedload(RecordFact.contest).joinedload(RecordContest.decision),
        )
        .order_by(RecordFact.day.desc(), RecordFact.id.desc())
    )
    return session.scalars(wanted).all()


def fact_of(row: RecordFact) -> Fact:
    """The row as a value."""
    return Fact(
        row.kind,
        row.key,
        row.contract_id,
        row.day,
        row.good,
        row.total,
        row.days_late,
        row.contract_end,
        row.standing,
    )


def months_before(today: date, months: int) -> date:
    """The first day of the month so many months ago."""
    count = today.year * 12 + today.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)
