"""One cooperative's households, what each brought, and money that went back."""

from __future__ import annotations

from marketplace.demo.cooperatives import BAO_MINH
from marketplace.demo.deals import director_of
from marketplace.demo.diary import World
from marketplace.domain.commands_accounts import RecordEntry
from marketplace.domain.commands_households import SaveHousehold
from marketplace.domain.member_shares import split
from marketplace.domain.words_delivery import (
    EntryKind,
    EntryMethod,
    EntryState,
    NoteState,
)
from marketplace.services.accounts import SETTLING, answer_entry, record_entry
from marketplace.services.delivery_notes import list_notes
from marketplace.services.fulfilment import open_matters
from marketplace.services.households import add_household
from marketplace.services.member_shares import sales_of, set_retained, write_shares
from marketplace.services.statements import statement_of
from models.contracts import Contract

# Two bear one name: their codes tell them apart.
HOUSEHOLDS = (
    ("Lò Văn Pâng", "H01"),
    ("Lò Văn Pâng", "H02"),
    ("Quàng Thị Hoa", "H03"),
    ("Cà Văn Inh", "H04"),
    ("Vì Thị Ơn", "H05"),
    ("Tòng Văn Sơ", "H06"),
    ("Lường Thị Dọn", "H07"),
)
RETAINED_PERMILLE = 30
TOO_MUCH_VND = 1_500_000


def tell_of_households(world: World) -> None:
    """All loads but the latest are shared; one payment came twice and went back."""
    who = world.actors[BAO_MINH]
    unit = world.organisations[BAO_MINH].unit_id
    ids = [
        add_household(world.session, who, SaveHousehold(name, unit, code)).id
        for name, code in HOUSEHOLDS
    ]
    years = sales_of(world.session, who).values()
    sales = list(dict.fromkeys(one for year in years for one in year))
    for contract in sales:
        _share(world, contract, ids)
    even = (one for one in sales if _is_even(world, one))
    if (found := next(even, None)) is not None:
        _pay_back(world, found)


def _share(world: World, contract: Contract, ids: list[int]) -> None:
    who, now = world.actors[BAO_MINH], world.now
    number = contract.public_id
    set_retained(world.session, who, number, RETAINED_PERMILLE, now=now)
    found = list_notes(world.session, contract)
    confirmed = [one for one in found if one.state is NoteState.CONFIRMED]
    for note in confirmed[:-1] or confirmed:
        weights = [world.rng.randrange(1, 9) for _ in ids]
        told = dict(zip(ids, split(note.net_kg, weights), strict=True))
        write_shares(world.session, who, note.public_id, told, now=now)


def _is_even(world: World, contract: Contract) -> bool:
    """Whether nothing is owed and nothing waits under a contract that goes on."""
    if contract.state not in SETTLING or open_matters(world.session, contract):
        return False
    return not statement_of(world.session, contract, today=world.today).balance_vnd


def _pay_back(world: World, contract: Contract) -> None:
    seller = world.actors[BAO_MINH]
    buyer = director_of(world, contract.buyer_id)
    number, today, now = contract.public_id, world.today, world.now
    for kind, payer, payee, text in (
        (EntryKind.PAYMENT, buyer, seller, "Chuyển khoản trùng"),
        (EntryKind.REFUND, seller, buyer, "Hoàn lại khoản chuyển trùng"),
    ):
        command = RecordEntry(
            kind, TOO_MUCH_VND, today, EntryMethod.TRANSFER, text=text
        )
        entry = record_entry(
            world.session, payer, number, command, today=today, now=now
        )
        answer_entry(
            world.session,
            payee,
            number,
            entry.public_id,
            EntryState.CONFIRMED,
            now=now,
        )
