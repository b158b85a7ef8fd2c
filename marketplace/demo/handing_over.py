"""What became of the contracts: goods weighed, inspected, disputed and paid for."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial

from marketplace.demo.diary import Diary, World
from marketplace.demo.lots import lot_for, sell_on
from marketplace.demo.pictures import crate
from marketplace.demo.settling import accepted_of, note_payment, speak_of
from marketplace.domain.actor import Actor
from marketplace.domain.commands_deliveries import LotWeight, Part, WriteNote
from marketplace.domain.disputes import ClaimWord, Offered
from marketplace.domain.words_delivery import (
    Outcome,
)
from marketplace.services.delivery_notes import confirm_note
from marketplace.services.disputes import raise_claim, say_in_claim
from marketplace.services.inspections import inspect_delivery
from marketplace.services.note_writing import write_note
from marketplace.services.photos import add_photos
from models.contracts import Contract, ContractLine
from models.deliveries import DeliveryNote

TARE_PERMILLE = 60  # plastic crates
SPOILT = (
    "Quả nứt sau mưa",
    "Dập khi vận chuyển",
    "Quả nhỏ hơn cỡ đã hẹn",
    "Chín chưa đều",
)
DISPUTED, UNPAID = 9, 17  # every so many loads
SOON = 45  # days ahead of which the sides already speak of a delivery


def hand_over(
    world: World, diary: Diary, contract: Contract, seller: Actor, buyer: Actor
) -> None:
    """Note what happens to each delivery of a contract that both have signed."""
    for line in contract.lines:
        day = line.deliver_to
        load = partial(_load, world, diary, contract, line, seller, buyer)
        if day < world.today:
            diary.note(day, load)
        elif line.deliver_from <= world.day(1):
            # Noted for yesterday, so that its letters are of the past, too.
            diary.note(
                world.day(1), partial(_recent, world, contract, line, seller, buyer)
            )
        elif line.deliver_from <= world.today + timedelta(days=SOON):
            diary.note(
                world.today, partial(speak_of, world, contract, line, seller, buyer)
            )


def _load(
    world: World,
    diary: Diary,
    contract: Contract,
    line: ContractLine,
    seller: Actor,
    buyer: Actor,
    day: date,
) -> None:
    """A load of the past: weighed, inspected, now and then disputed, and paid."""
    world.stories.loads += 1
    moment = world.at(day)
    note = _confirmed(world, contract, line, line.kg, seller, buyer, moment)
    _inspect(world, note, buyer, moment)
    sell_on(world, note, buyer, moment)
    if world.stories.loads % DISPUTED == 0 and note.net_kg != accepted_of(world, note):
        _dispute(world, note, seller, buyer, "agreed", moment)
    if world.stories.loads % UNPAID:
        note_payment(world, diary, contract, note, seller, buyer, day)


def _recent(
    world: World,
    contract: Contract,
    line: ContractLine,
    seller: Actor,
    buyer: Actor,
    _day: date,
) -> None:
    """A part of a delivery under way went over this night; its story is open."""
    if not world.stories.recent:
        return
    story = world.stories.recent.pop()
    moment = world.now - timedelta(hours=10)
    kg = line.kg * 2 // 5
    if story == "unconfirmed":
        command = _weighed(world, contract, line, kg, seller, moment)
        note = write_note(
            world.session, seller, contract.public_id, command, now=moment
        )
        pictures = [crate(1), crate(2)]
        add_photos(world.session, seller, note, pictures, most=6, now=moment)
        return
    note = _confirmed(world, contract, line, kg, seller, buyer, moment)
    if story != "uninspected":
        _inspect(world, note, buyer, moment, disputed=True)
        _dispute(world, note, seller, buyer, story, moment)


def _confirmed(
    world: World,
    contract: Contract,
    line: ContractLine,
    kg: int,
    seller: Actor,
    buyer: Actor,
    moment: datetime,
) -> DeliveryNote:
    command = _weighed(world, contract, line, kg, seller, moment)
    note = write_note(world.session, seller, contract.public_id, command, now=moment)
    return confirm_note(
        world.session, buyer, note.public_id, note.digest, now=_later(moment, 1)
    )


def _inspect(
    world: World,
    note: DeliveryNote,
    buyer: Actor,
    moment: datetime,
    *,
    disputed: bool = False,
) -> None:
    parts = _found(world, note, world.stories.loads, disputed=disputed)
    now = _later(moment, 4)
    pictures = [crate(3, spoilt=True)] if len(parts) > 1 else []
    found = inspect_delivery(
        world.session,
        buyer,
        note.public_id,
        parts,
        now=now,
        pictures=len(pictures),
    )
    add_photos(world.session, buyer, found, pictures, most=6, now=now, part=2)


def _later(moment: datetime, hours: int) -> datetime:
    return moment + timedelta(hours=hours)


def _weighed(
    world: World,
    contract: Contract,
    line: ContractLine,
    kg: int,
    seller: Actor,
    moment: datetime,
) -> WriteNote:
    net = kg * world.rng.randrange(1000, 1021) // 1000
    tare = net * TARE_PERMILLE // 1000
    lot = lot_for(world, contract, line, net, seller, moment)
    place = contract.offer.place if contract.offer else "Điểm tập kết"
    return WriteNote(
        note_id=f"{world.rng.getrandbits(128):032x}"[:22],
        line=line.number,
        delivered_at=moment,
        place=place,
        lots=(LotWeight(lot, net + tare, tare),),
        vehicle=f"26C-{world.rng.randrange(100, 999)}.{world.rng.randrange(10, 99)}",
    )


def _found(
    world: World, note: DeliveryNote, number: int, *, disputed: bool
) -> list[Part]:
    """Two loads in three are taken whole; of the others a little is turned away."""
    if number % 3 and not disputed:
        return [Part(note.net_kg)]
    permille = 60 if disputed else world.rng.randrange(8, 31)
    spoilt = max(1, note.net_kg * permille // 1000)
    reason = SPOILT[number % len(SPOILT)]
    return [
        Part(note.net_kg - spoilt),
        Part(spoilt, Outcome.REJECTED, reason=reason),
    ]


def _dispute(
    world: World,
    note: DeliveryNote,
    seller: Actor,
    buyer: Actor,
    story: str,
    moment: datetime,
) -> None:
    session = world.session
    whole = Offered(note.net_kg, 2_000)
    text = "Hàng kiểm tại vườn còn tốt, đề nghị nhận lại phần này với giá thấp hơn"
    now = _later(moment, 6)
    claim = raise_claim(session, seller, note.public_id, text, whole, now=now)
    if story != "agreed":
        add_photos(session, seller, claim, [crate(4)], most=6, now=now)
    word = ClaimWord.ACCEPT if story == "agreed" else ClaimWord.CALL_OFFICER
    if story != "claim":
        said = "" if story == "agreed" else "Hai bên chưa thống nhất được tỷ lệ loại"
        now = _later(moment, 8)
        say_in_claim(session, buyer, note.public_id, word, said, now=now)
