"""What must hold of EPCIS: what was captured is found, told once, and moved once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import Subquery, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from marketplace.domain.epcis_terms import numbers_of, terms_of
from marketplace.domain.words_trace import LotStep
from marketplace.services.violations import (
    Question,
    Violation,
    asked_alike,
    streamed,
)
from models.epcis import (
    ApiKey,
    EpcisCapture,
    EpcisClass,
    EpcisEvent,
    EpcisNumber,
    EpcisTerm,
)
from models.gs1_numbers import Sscc
from models.lot_events import LotCorrection, LotEvent, LotPart
from models.lots import Lot, LotHolding


def _an_event_is_found_by_what_it_says(session: Session) -> Iterator[Violation]:
    """By no more and no less; a term is of the organisation that told the event."""
    terms, numbers = _counted(EpcisTerm), _counted(EpcisNumber)
    told = (EpcisEvent.event_id, EpcisEvent.event, terms.c.count, numbers.c.count)
    wanted = (
        select(*told)
        .outerjoin(terms, terms.c.document_id == EpcisEvent.id)
        .outerjoin(numbers, numbers.c.document_id == EpcisEvent.id)
    )
    rule = "a captured event is found by its words, names and numbers"
    for event_id, event, *found in streamed(session, wanted):
        counts = [count or 0 for count in found]
        if counts != [len(terms_of(event)), len(numbers_of(event))]:
            yield Violation(rule, event_id, f"{counts}")


def _counted(table: type[EpcisTerm | EpcisNumber]) -> Subquery:
    """How many rows lead to a captured event, those of its own organisation."""
    return (
        select(table.document_id, func.count().label("count"))
        .join(EpcisEvent, EpcisEvent.id == table.document_id)
        .where(table.organisation_id == EpcisEvent.organisation_id)
        .group_by(table.document_id)
        .subquery()
    )


@asked_alike
def _an_event_is_of_its_document() -> Iterator[Question]:
    yield (
        "an event came with a document of the same organisation",
        select(EpcisEvent.event_id, EpcisEvent.organisation_id)
        .join(EpcisCapture, EpcisCapture.id == EpcisEvent.capture_id)
        .where(EpcisEvent.organisation_id != EpcisCapture.organisation_id),
    )
    yield (
        "a document came with a key of its organisation",
        select(EpcisCapture.public_id, EpcisCapture.organisation_id)
        .join(ApiKey, ApiKey.id == EpcisCapture.key_id)
        .where(ApiKey.organisation_id != EpcisCapture.organisation_id),
    )
    undone = exists().where(EpcisEvent.capture_id == EpcisCapture.id)
    yield (
        "of a document that was rolled back nothing is kept",
        select(EpcisCapture.public_id).where(
            EpcisCapture.success.is_(False),
            EpcisCapture.behaviour == "rollback",
            undone,
        ),
    )


@asked_alike
def _a_captured_event_moves_lots_of_its_teller() -> Iterator[Question]:
    moved = aliased(LotEvent)
    yield (
        "what a captured event did, its organisation did",
        select(EpcisEvent.event_id, EpcisEvent.organisation_id)
        .join(moved, moved.id == EpcisEvent.lot_event_id)
        .where(
            or_(
                moved.organisation_id != EpcisEvent.organisation_id,
                EpcisEvent.declares_error & moved.wrong_at.is_(None),
            )
        ),
    )


@asked_alike
def _a_class_is_a_lot_that_was_held() -> Iterator[Question]:
    held = exists().where(
        LotHolding.lot_id == EpcisClass.lot_id,
        LotHolding.organisation_id == EpcisClass.organisation_id,
    )
    yield (
        "software gives names to lots of its organisation",
        select(EpcisClass.uri, EpcisClass.lot_id).where(~held),
    )


@asked_alike
def _only_wrong_events_are_corrected() -> Iterator[Question]:
    yield (
        "what is corrected was declared wrong",
        select(LotEvent.public_id, LotCorrection.event_id)
        .join(LotCorrection, LotCorrection.wrong_id == LotEvent.id)
        .where(LotEvent.wrong_at.is_(None)),
    )


@asked_alike
def _a_pallet_goes_with_its_lot() -> Iterator[Question]:
    aboard = exists().where(
        LotPart.event_id == Sscc.ship_id, LotPart.lot_id == Sscc.lot_id
    )
    yield (
        "a pallet went with a shipment of its lot, by its owner",
        select(Sscc.sscc, Lot.public_id)
        .join(Lot, Lot.id == Sscc.lot_id)
        .join(LotEvent, LotEvent.id == Sscc.ship_id)
        .where(
            or_(
                ~aboard,
                LotEvent.step != LotStep.SHIP,
                LotEvent.organisation_id != Sscc.organisation_id,
            )
        ),
    )


CHECKS_OF_EPCIS: tuple[Callable[[Session], Iterator[Violation]], ...] = (
    _an_event_is_found_by_what_it_says,
    _an_event_is_of_its_document,
    _a_captured_event_moves_lots_of_its_teller,
    _a_class_is_a_lot_that_was_held,
    _only_wrong_events_are_corrected,
    _a_pallet_goes_with_its_lot,
)
