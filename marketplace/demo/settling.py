"""What the sides pay for loads, and what they say of the deliveries to come."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from marketplace.demo.diary import Diary, World
from marketplace.demo.harvest_days import PAYMENT_DAYS
from marketplace.domain.actor import Actor
from marketplace.domain.commands_accounts import RecordEntry
from marketplace.domain.deliveries import DeliveryWord
from marketplace.domain.words_delivery import EntryKind, EntryMethod, EntryState
from marketplace.services.accounts import answer_entry, record_entry
from marketplace.services.deliveries import say_of_delivery
from marketplace.services.inspections import current_inspection
from models.contracts import Contract, ContractLine
from models.deliveries import DeliveryNote

_WORDS = {
    "ready": (DeliveryWord.READY, ""),
    "blocked": (DeliveryWord.BLOCKED, "Mưa lớn, đường vào vườn bị sạt"),
    "move": (DeliveryWord.PROPOSE_DAY, "Kho đầy, xin nhận chậm hai ngày"),
}


def note_payment(
    world: World,
    diary: Diary,
    contract: Contract,
    note: DeliveryNote,
    seller: Actor,
    buyer: Actor,
    day: date,
) -> None:
    """Paid a few days before or after its day; the seller confirms the day after."""
    paid_on = day + timedelta(days=PAYMENT_DAYS + world.rng.randrange(-5, 4))
    if paid_on < world.today:
        diary.note(paid_on, partial(_pay, world, diary, contract, note, seller, buyer))


def _pay(
    world: World,
    diary: Diary,
    contract: Contract,
    note: DeliveryNote,
    seller: Actor,
    buyer: Actor,
    day: date,
) -> None:
    amount = contract.price_vnd * accepted_of(world, note)
    command = RecordEntry(
        EntryKind.PAYMENT,
        amount,
        day,
        EntryMethod.TRANSFER,
        reference=f"FT{world.rng.randrange(10**9, 10**10)}",
        text=f"Phiếu giao nhận {note.number}",
    )
    session, number = world.session, contract.public_id
    entry = record_entry(session, buyer, number, command, today=day, now=world.at(day))

    def confirm(on: date) -> None:
        answer_entry(
            session,
            seller,
            number,
            entry.public_id,
            EntryState.CONFIRMED,
            now=world.at(on),
        )

    if day + timedelta(days=2) < world.today:
        diary.note(day + timedelta(days=1), confirm)


def accepted_of(world: World, note: DeliveryNote) -> int:
    """Kilograms that the buyer took of a load."""
    inspection = current_inspection(world.session, note)
    return inspection.accepted_kg if inspection else 0


def speak_of(
    world: World,
    contract: Contract,
    line: ContractLine,
    seller: Actor,
    buyer: Actor,
    day: date,
) -> None:
    """Of the next deliveries some are ready, one is to move, one cannot come."""
    stories = world.stories.coming
    if not stories:
        return
    story = stories.pop(0)
    word, text = _WORDS[story]
    moved = max(line.deliver_from, day) + timedelta(days=2)
    say_of_delivery(
        world.session,
        buyer if story == "move" else seller,
        contract.public_id,
        line.number,
        word,
        now=world.at(day),
        today=day,
        day=moved if story == "move" else None,
        text=text,
    )
