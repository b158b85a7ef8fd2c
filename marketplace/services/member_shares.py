"""Who brought what of a load, and what each household is owed of its money.

All of it is for the seller alone: the buyer and the officer never read it, so
nothing is written into the history of the contract, which they see.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, NotFound, Refused
from marketplace.domain.formats import format_kg
from marketplace.domain.member_shares import (
    WHOLE,
    Due,
    SharedDelivery,
    share_delivery,
    sum_of,
)
from marketplace.domain.seasons import parse_season_code
from marketplace.domain.text import sort_key
from marketplace.domain.words_delivery import NoteState
from marketplace.services.contract_events import lock_contract
from marketplace.services.contracts import access_contract
from marketplace.services.delivery_notes import access_note, list_notes
from marketplace.services.households import list_households
from marketplace.services.statements import facts_of
from models.contracts import Contract
from models.deliveries import DeliveryNote
from models.households import Household, NoteShare, RetainedShare


@dataclass(frozen=True)
class NoteDues:
    """A load with its households; not `shared` until it is priced and inspected."""

    note: DeliveryNote
    shares: tuple[NoteShare, ...]
    shared: SharedDelivery | None


@dataclass(frozen=True)
class ContractDues:
    """All loads of a contract, and what each household is owed of them."""

    contract: Contract
    per_mille: int
    notes: tuple[NoteDues, ...]

    @property
    def dues(self) -> dict[Household, Due]:
        found: dict[Household, Due] = {}
        for one in self.notes:
            known = one.shared.dues if one.shared else _brought(one.shares)
            for share, due in zip(one.shares, known, strict=True):
                household = share.household
                found[household] = found.get(household, Due()) + due
        return _by_name(found)

    @property
    def retained_vnd(self) -> int:
        return sum(one.shared.retained_vnd for one in self.notes if one.shared)

    @property
    def unshared_kg(self) -> int:
        """Kilograms of which nobody has said who brought them."""
        return sum(one.note.net_kg for one in self.notes if not one.shares)

    @property
    def total(self) -> Due:
        return sum_of(self.dues.values())


def access_sale(session: Session, who: Actor, public_id: str) -> Contract:
    """A signed contract in which the actor's organisation sells; else NotFound."""
    contract = access_contract(session, who, public_id, "write")
    if contract.seller_id != who.organisation_id or contract.signed_on is None:
        raise NotFound
    return contract


def access_sold_note(session: Session, who: Actor, public_id: str) -> DeliveryNote:
    """A note of such a contract that is not void; else NotFound."""
    note = access_note(session, who, public_id, "write")
    access_sale(session, who, note.contract.public_id)
    if note.state is NoteState.VOID:
        raise NotFound
    return note


def shares_of(session: Session, note: DeliveryNote) -> list[NoteShare]:
    """What is written of a note, in the order in which households were added."""
    wanted = select(NoteShare).where(NoteShare.note_id == note.id)
    return list(session.scalars(wanted.order_by(NoteShare.household_id)))


def write_shares(
    session: Session,
    who: Actor,
    note_id: str,
    brought_kg: Mapping[int, int],
    *,
    now: datetime,
) -> list[NoteShare]:
    """Say who brought a load, in place of what was said before.

    Refused: a household of others, or kilograms that do not make the net weight.
    """
    note = access_sold_note(session, who, note_id)
    lock_contract(session, note.contract_id)
    told = {one: kg for one, kg in brought_kg.items() if kg}
    own = {one.id for one in list_households(session, who, everybody=True)}
    if not told.keys() <= own or any(kg < 0 for kg in told.values()):
        raise NotFound
    check_sum(note, told.values())
    session.execute(delete(NoteShare).where(NoteShare.note_id == note.id))
    session.add_all(
        NoteShare(
            note_id=note.id, household_id=one, kg=kg, by_user_id=who.user_id, at=now
        )
        for one, kg in sorted(told.items())
    )
    session.flush()
    return shares_of(session, note)


def check_sum(note: DeliveryNote, brought_kg: Iterable[int]) -> None:
    """Refused with the difference, if these do not make the note's net weight."""
    missing = note.net_kg - sum(brought_kg)
    if missing > 0:
        message = N_("Còn thiếu %(kg)s so với số cân trên phiếu")
        raise Refused(message, "paste", kg=format_kg(missing))
    if missing < 0:
        message = N_("Thừa %(kg)s so với số cân trên phiếu")
        raise Refused(message, "paste", kg=format_kg(-missing))


def set_retained(
    session: Session, who: Actor, public_id: str, per_mille: int, *, now: datetime
) -> RetainedShare:
    """Say what the cooperative keeps of this contract's money, in per mille."""
    contract = access_sale(session, who, public_id)
    if not 0 <= per_mille <= WHOLE:
        raise Refused(N_("Nhập từ 0 đến 1000 phần nghìn"), "per_mille")
    lock_contract(session, contract.id)
    row = session.get(RetainedShare, contract.id)
    if row is None:
        row = RetainedShare(contract_id=contract.id)
        session.add(row)
    row.per_mille, row.by_user_id, row.at = per_mille, who.user_id, now
    session.flush()
    return row


def dues_of(
    session: Session, contract: Contract, *, today: date, year: int | None = None
) -> ContractDues:
    """What each household brought under a contract and is owed, by its statement.

    Of the loads of one year's season alone, where a year is asked for.
    """
    kept = session.get(RetainedShare, contract.id)
    per_mille = kept.per_mille if kept else 0
    facts = facts_of(session, contract, today=today)
    priced = {one.key: one for one in facts.deliveries}
    rows = _shares_by_note(session, contract)
    years, notes = _years(contract), []
    for note in list_notes(session, contract):
        if note.state is NoteState.VOID or year not in (None, years[note.line]):
            continue
        shares, found = rows.get(note.id, ()), priced.get(note.public_id)
        shared = None
        if shares and found:
            shared = share_delivery(found, [one.kg for one in shares], per_mille)
        notes.append(NoteDues(note, tuple(shares), shared))
    return ContractDues(contract, per_mille, tuple(notes))


def sales_of(session: Session, who: Actor) -> dict[int, list[Contract]]:
    """The signed contracts in which the actor's organisation sells, by season's year.

    One that binds several seasons stands under the year of each. The latest year
    and in it the latest contract comes first.
    """
    wanted = select(Contract).where(
        Contract.seller_id == who.organisation_id, Contract.signed_on.is_not(None)
    )
    found: dict[int, list[Contract]] = {}
    for contract in session.scalars(wanted.order_by(Contract.id.desc())):
        for year in set(_years(contract).values()):
            found.setdefault(year, []).append(contract)
    return dict(sorted(found.items(), reverse=True))


def _years(contract: Contract) -> dict[int, int]:
    """The year of the season that each planned delivery is of, by its number."""
    return {
        line.number: parse_season_code(line.season or contract.season)[1]
        for line in contract.lines
    }


def dues_of_all(found: Sequence[ContractDues]) -> dict[Household, Due]:
    """What each household is owed over several contracts."""
    sums: dict[Household, Due] = {}
    for one in found:
        for household, due in one.dues.items():
            sums[household] = sums.get(household, Due()) + due
    return _by_name(sums)


def _by_name(dues: dict[Household, Due]) -> dict[Household, Due]:
    order = sorted(dues, key=lambda one: (sort_key(one.name), one.id))
    return {household: dues[household] for household in order}


def _shares_by_note(session: Session, contract: Contract) -> dict[int, list[NoteShare]]:
    wanted = (
        select(NoteShare)
        .join(DeliveryNote, DeliveryNote.id == NoteShare.note_id)
        .where(DeliveryNote.contract_id == contract.id)
        .options(joinedload(NoteShare.household))
        .order_by(NoteShare.household_id)
    )
    found: dict[int, list[NoteShare]] = {}
    for share in session.scalars(wanted):
        found.setdefault(share.note_id, []).append(share)
    return found


def _brought(shares: Sequence[NoteShare]) -> tuple[Due, ...]:
    """Weighed, but nothing inspected yet."""
    return tuple(Due(one.kg, one.kg, one.kg) for one in shares)
