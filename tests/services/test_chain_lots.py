"""S4 from the lot graph: lots on confirmed notes, traced or told by name."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.domain.commands_lots import HarvestLot, ShipLots, Used
from marketplace.services.chain_facts import facts_of
from marketplace.services.chain_lots import untraced_lots
from marketplace.services.days import day_of
from marketplace.services.lot_capture import capture
from models.chains import Chain
from models.database import new_public_id
from models.deliveries import DeliveryNote, NoteLot
from tests.chain_rows import Chains
from tests.deals import Deals
from tests.factories import NOW, TODAY, Make
from tests.lots_rows import Lots


@pytest.fixture
def chain(session: Session, make: Make) -> Chain:
    chains = Chains(session, make)
    return chains.safe(chains.contract())


@pytest.fixture
def note(session: Session, make: Make, chain: Chain) -> DeliveryNote:
    """A note of the chain's contract that both sides stand by, with its lots."""
    note = Deals(session, make).inspected(chain.contracts[0].contract)
    session.add(
        NoteLot(
            note_id=note.id,
            number=1,
            lot_code="L1",
            gross_kg=note.gross_kg,
            tare_kg=note.tare_kg,
        )
    )
    session.flush()  # the note lists its lots by what is stored
    session.refresh(note)
    return note


def trace(session: Session, make: Make, note: DeliveryNote, line: NoteLot) -> None:
    """The lot of a line as the graph would know it: picked, and shipped by the note."""
    lots, seller = Lots(session, make), note.contract.seller
    who = lots.of(seller)
    area = make.area(seller)
    at = note.delivered_at
    picked = HarvestLot(
        new_public_id(),
        area.id,
        line.net_kg,
        at - timedelta(hours=5),
        code=line.lot_code,
    )
    (lot,) = lots.made(capture(session, who, picked, now=NOW + timedelta(days=9)))
    told = ShipLots(
        new_public_id(),
        at,
        (Used(lot.public_id, line.net_kg),),
        note.contract.buyer_id,
    )
    capture(session, who, told, now=NOW + timedelta(days=9), note_id=note.id)


def test_a_chain_that_keeps_no_lots_is_not_looked_at(
    session: Session, chain: Chain, note: DeliveryNote
) -> None:
    assert facts_of(session, chain).lots is None


def test_traced_lots_count_with_the_day_on_which_it_was_known(
    session: Session, make: Make, chain: Chain, note: DeliveryNote
) -> None:
    for line in note.lots:
        trace(session, make, note, line)

    (told,) = facts_of(session, chain).lots or ()

    assert told.lots == len(note.lots)
    assert told.on == day_of(note.delivered_at)
    assert told.linked_on == day_of(NOW + timedelta(days=9))


def test_the_lots_that_lack_a_link_are_named(
    session: Session, make: Make, chain: Chain, note: DeliveryNote
) -> None:
    contracts = [chain.contracts[0].contract_id]

    named = untraced_lots(session, contracts, today=day_of(note.delivered_at))

    assert {one.code for one in named} == {"L1"}
    assert untraced_lots(session, contracts, today=TODAY + timedelta(days=800)) == []
