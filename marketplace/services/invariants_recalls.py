"""What must hold of recalls: what stands over a lot holds it, and nothing else does."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session, aliased

from marketplace.domain.recalls import STANDING
from marketplace.services.violations import Violation, violations
from models.lots import Lot, LotLink
from models.recalls import Recall, RecallLot

_OVER = and_(
    RecallLot.lot_id == Lot.id,
    RecallLot.recall_id == Recall.id,
    Recall.state.in_(STANDING),
    Recall.drill.is_(False),
)


def _what_stands_over_a_lot_holds_it(session: Session) -> Iterator[Violation]:
    covered = exists().where(_OVER)
    yield from violations(
        session,
        "a lot is on hold while a hold or recall stands over it, and only then",
        select(Lot.public_id).where(
            Lot.voided_at.is_(None), (Lot.held & ~covered) | (~Lot.held & covered)
        ),
    )


def _a_recall_covers_its_closure(session: Session) -> Iterator[Violation]:
    other = aliased(RecallLot)
    covered = exists().where(
        other.recall_id == Recall.id, other.lot_id == LotLink.child_id
    )
    yield from violations(
        session,
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


CHECKS_OF_RECALLS: tuple[Callable[[Session], Iterator[Violation]], ...] = (
    _what_stands_over_a_lot_holds_it,
    _a_recall_covers_its_closure,
)
