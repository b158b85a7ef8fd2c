"""How well those who trade keep their word, as far as a tie may be broken by it."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from marketplace.domain.track_record import BEST, FactKind, Figure, record_class
from marketplace.services.rules import rule
from marketplace.services.track_records import months_before
from models.track_records import RecordContest, RecordDecision, RecordFact


def record_classes(session: Session, *, today: date) -> dict[int, int]:
    """Classes by organisation, 1 and worse; who is missing is of the best (0).

    Summed by the database, one row an organisation and kind, however many facts
    there are. What an officer took out does not count.
    """
    if session.scalar(select(RecordFact.id).limit(1)) is None:
        return {}
    shown = rule(session, "record.shown", today)
    since = months_before(today, int(shown["months"]))
    figures: defaultdict[int, dict[FactKind, Figure]] = defaultdict(dict)
    for whose, kind, good, total, contracts in session.execute(_sums(since)):
        # Only how many there are matters for the class.
        named = frozenset(range(contracts))
        one = Figure(kind, good=int(good), total=int(total), contracts=named)
        figures[whose][kind] = one
    least = int(shown["least_contracts"])
    classes = {whose: record_class(found, least) for whose, found in figures.items()}
    return {whose: one for whose, one in classes.items() if one != BEST}


def _sums(since: date) -> Select[int, FactKind, int, int, int]:
    excluded = (
        select(RecordContest.fact_id)
        .join(RecordDecision, RecordDecision.contest_id == RecordContest.id)
        .where(RecordDecision.excluded)
    )
    return (
        select(
            RecordFact.organisation_id,
            RecordFact.kind,
            func.sum(RecordFact.good),
            func.sum(RecordFact.total),
            func.count(RecordFact.contract_id.distinct()),
        )
        .where(RecordFact.day >= since, RecordFact.id.not_in(excluded))
        .group_by(RecordFact.organisation_id, RecordFact.kind)
    )
