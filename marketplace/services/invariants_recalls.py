"""What must hold of recalls: what stands over a lot holds it, and nothing else does.

And everybody who had something of it was asked, for as much as was listed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from marketplace.domain.recalls import STANDING
from marketplace.services.lot_holds import HAS_REASON
from marketplace.services.violations import Question, Violation, asked_alike
from models.lots import Lot, LotLink
from models.recalls import Recall, RecallAnswer, RecallLot, RecallShare


@asked_alike
def _what_stands_over_a_lot_holds_it() -> Iterator[Question]:
    yield (
        "a lot is on hold while something has a reason to hold it, and only then",
        select(Lot.public_id).where(
            Lot.voided_at.is_(None), (Lot.held & ~HAS_REASON) | (~Lot.held & HAS_REASON)
        ),
    )


@asked_alike
def _a_recall_covers_its_closure() -> Iterator[Question]:
    other = aliased(RecallLot)
    covered = exists().where(
        other.recall_id == Recall.id, other.lot_id == LotLink.child_id
    )
    yield (
        "what was made of a recalled lot is recalled too",
        select(Recall.public_id, Lot.public_id)
        .join(RecallLot, RecallLot.recall_id == Recall.id)
        .join(LotLink, LotLink.parent_id == RecallLot.lot_id)
        .join(Lot, Lot.id == LotLink.child_id)
        .where(
            Recall.state.in_(STANDING),
            Lot.voided_at.is_(None),
            ~covered,
        ),
    )


# Whoever holds the kilograms answers for them, or who sent them out of reach.
_ANSWERS = func.coalesce(RecallShare.organisation_id, RecallShare.sender_id)


@asked_alike
def _whoever_had_some_is_asked_for_it() -> Iterator[Question]:
    listed = (
        select(
            RecallShare.recall_id.label("recall_id"),
            _ANSWERS.label("organisation_id"),
            func.sum(RecallShare.kg).label("kg"),
        )
        .where(_ANSWERS.is_not(None))
        .group_by(RecallShare.recall_id, _ANSWERS)
        .subquery()
    )
    asked = func.coalesce(RecallAnswer.asked_kg, -1)
    yield (
        "whoever had some of a recalled lot was asked for as much as was listed",
        select(Recall.public_id, listed.c.organisation_id, listed.c.kg, asked)
        .join(listed, listed.c.recall_id == Recall.id)
        .outerjoin(
            RecallAnswer,
            (RecallAnswer.recall_id == listed.c.recall_id)
            & (RecallAnswer.organisation_id == listed.c.organisation_id),
        )
        .where(asked != listed.c.kg),
    )


@asked_alike
def _a_recall_is_of_chosen_lots_and_keeps_its_times() -> Iterator[Question]:
    chosen = exists().where(RecallLot.recall_id == Recall.id, RecallLot.chosen)
    yield (
        "a recall is of chosen lots and ends after it was opened",
        select(Recall.public_id, Recall.opened_at, Recall.closed_at).where(
            ~chosen | (Recall.closed_at < Recall.opened_at)
        ),
    )
    yield (
        "an answer to a recall comes after the question",
        select(Recall.public_id, RecallAnswer.organisation_id)
        .join(Recall, Recall.id == RecallAnswer.recall_id)
        .where(RecallAnswer.answered_at < RecallAnswer.told_at),
    )


CHECKS_OF_RECALLS: tuple[Callable[[Session], Iterator[Violation]], ...] = (
    _what_stands_over_a_lot_holds_it,
    _a_recall_covers_its_closure,
    _whoever_had_some_is_asked_for_it,
    _a_recall_is_of_chosen_lots_and_keeps_its_times,
)
