"""What the sides of a contract were asked, and when they answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from marketplace.domain.deliveries import DeliveryWord
from marketplace.domain.track_record import Fact, FactKind
from marketplace.domain.words import Side
from marketplace.domain.words_delivery import EntryState, NoteState
from marketplace.services.days import day_of
from marketplace.services.deliveries import Planned
from models.deliveries import DeliveryNote, DeliverySaid
from models.inspections import Inspection
from models.settlements import AccountEntry

_ANSWERS = (DeliveryWord.ACCEPT_DAY, DeliveryWord.DECLINE_DAY)


@dataclass(frozen=True)
class Asked:
    """One side was asked something on a day; `answered` once it has answered."""

    key: str
    on: Side
    asked: date
    answered: date | None


def answer_fact(asked: Asked, contract: int, today: date, limit: int) -> Fact | None:
    """The fact of an answer; None while there are days left to give it."""
    days = ((asked.answered or today) - asked.asked).days
    if asked.answered is None and days <= limit:
        return None
    good = int(asked.answered is not None and days <= limit)
    late = max(0, days - limit)
    return Fact(
        FactKind.ANSWER, asked.key, contract, asked.asked, good, 1, days_late=late
    )


def questions(
    planned: Sequence[Planned],
    notes: Sequence[DeliveryNote],
    first: dict[int, Inspection],
    entries: Sequence[AccountEntry],
) -> Iterator[Asked]:
    """Everything that one side asked the other under a contract.

    `first` are the first findings by their notes. What was withdrawn or asked
    anew before an answer is nobody's silence.
    """
    for one in planned:
        yield from _days(one.words)
    for note in notes:
        yield from _note(note, first.get(note.id))
    for entry in entries:
        if entry.state is not EntryState.WITHDRAWN:
            on, until = _other(entry.recorded_by), entry.answered_at
            asked = day_of(entry.recorded_at)
            key = f"entry:{entry.public_id}"
            yield Asked(key, on, asked, day_of(until) if until else None)


def _days(words: Sequence[DeliverySaid]) -> Iterator[Asked]:
    """Days that were asked for: each word is followed by its answer, or replaced."""
    for said, after in pairwise([*words, None]):
        if (
            said is None
            or said.word is not DeliveryWord.PROPOSE_DAY
            or said.side is None
        ):
            continue
        if after is None or after.word in _ANSWERS:
            key = f"day:{said.contract_id}:{said.line}:{said.position}"
            until = day_of(after.at) if after else None
            yield Asked(key, _other(said.side), day_of(said.at), until)


def _note(note: DeliveryNote, found: Inspection | None) -> Iterator[Asked]:
    """Weights to stand by; then, for the buyer, the goods to inspect.

    Where the hours passed and nobody inspected, the finding is nobody's: silence.
    """
    if note.state is NoteState.VOID:
        return
    both = day_of(note.confirmed_at) if note.confirmed_at else None
    asked = day_of(note.received_at)
    yield Asked(f"note:{note.public_id}", _other(note.written_by), asked, both)
    if both is not None:
        spoke = found if found and found.by_user_id else None
        until = day_of(spoke.at) if spoke else None
        yield Asked(f"finding:{note.public_id}", Side.BUYER, both, until)


def _other(side: Side) -> Side:
    return Side.BUYER if side is Side.SELLER else Side.SELLER
