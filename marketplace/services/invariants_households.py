"""What must hold of the shares of member households."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.services.violations import Question, Violation, asked_alike
from models.contracts import Contract
from models.deliveries import DeliveryNote
from models.households import Household, NoteShare


@asked_alike
def _shares_make_the_load() -> Iterator[Question]:
    brought = func.sum(NoteShare.kg)
    yield (
        "what households brought is the net weight of their load",
        select(DeliveryNote.public_id, DeliveryNote.net_kg, brought)
        .join(NoteShare, NoteShare.note_id == DeliveryNote.id)
        .group_by(DeliveryNote.id, DeliveryNote.public_id, DeliveryNote.net_kg)
        .having(DeliveryNote.net_kg != brought),
    )


@asked_alike
def _households_are_the_sellers() -> Iterator[Question]:
    yield (
        "a load is shared among households of its seller",
        select(DeliveryNote.public_id, Household.id)
        .join(NoteShare, NoteShare.note_id == DeliveryNote.id)
        .join(Household, Household.id == NoteShare.household_id)
        .join(Contract, Contract.id == DeliveryNote.contract_id)
        .where(Household.organisation_id != Contract.seller_id),
    )


CHECKS_OF_HOUSEHOLDS: tuple[Callable[[Session], Iterator[Violation]], ...] = (
    _shares_make_the_load,
    _households_are_the_sellers,
)
