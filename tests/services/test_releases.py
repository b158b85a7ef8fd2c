"""What falls free of a contract in force goes back to the market, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from marketplace.domain.commands_deliveries import LotWeight, Part, WriteNote
from marketplace.domain.deliveries import DeliveryState, DeliveryWord
from marketplace.domain.errors import Refused
from marketplace.domain.words import NoticeKind, Side
from marketplace.domain.words_delivery import Outcome
from marketplace.services.contract_events import first_broken_link
from marketplace.services.deliveries import planned_delivery, say_of_delivery
from marketplace.services.delivery_notes import confirm_note, void_note
from marketplace.services.inspections import inspect_delivery
from marketplace.services.invariants import find_violations
from marketplace.services.note_writing import write_note
from marketplace.services.release_candidates import contracts_to_release
from marketplace.services.releases import give_up_delivery, release_free
from models.jobs import Job
from models.notices import Notice
from tests.deals import Deals
from tests.factories import NOW, TODAY

KG = 12_000


@pytest.fixture
def deal(session, make):
    deals = Deals(session, make)
    contract = deals.in_force()
    seller, buyer = (deals.actor(contract, side) for side in Side)
    word, number = DeliveryWord.READY, contract.public_id
    say_of_delivery(session, seller, number, 1, word, now=NOW, today=TODAY)
    return contract, seller, buyer


def note(session, contract, seller, kg, number=0, moment=NOW):
    command = WriteNote(
        note_id=f"AAAAAAAAAAAAAAAAAAAAA{number}",
        line=1,
        delivered_at=moment,
        place="Kho",
        lots=(LotWeight("L1", kg + 100, 100),),
    )
    return write_note(session, seller, contract.public_id, command, now=moment)


def rejected(session, deal, kg, of=KG):
    contract, seller, buyer = deal
    load = note(session, contract, seller, of)
    confirm_note(session, buyer, load.public_id, load.digest, now=NOW)
    parts = [Part(of - kg), Part(kg, Outcome.REJECTED, reason="Thối")]
    inspect_delivery(session, buyer, load.public_id, parts, now=NOW, pictures=1)
    return load


def free(session, contract, days):
    day, moment = TODAY + timedelta(days), NOW + timedelta(days)
    return release_free(session, contract.id, today=day, now=moment)


def over(contract, grace=4):
    """Days from TODAY on which nobody expects the delivery any more."""
    return (contract.lines[0].deliver_to - TODAY).days + grace


def held(contract):
    [line] = contract.lines
    return contract.harvest.promised_kg, line.tranche.promised_kg


def holds(session, contract):
    session.flush()
    assert first_broken_link(contract) is None
    # The rows of the agreement are written past the services here.
    known = "both sides accepted what is agreed"
    return {one.rule for one in find_violations(session)} <= {known}


def test_a_shortfall_goes_back_once_its_days_and_the_grace_are_over(session, deal):
    contract, seller, _ = deal
    note(session, contract, seller, 4_000)

    early = free(session, contract, over(contract, grace=3))
    freed = [free(session, contract, over(contract)) for _ in range(2)]

    assert (early, freed) == (0, [8_000, 0])
    assert held(contract) == (4_000, 4_000)
    assert contract.lines[0].released_kg == 8_000
    assert holds(session, contract)


def test_goods_delivered_before_there_were_notes_do_not_come_back(session, deal):
    contract, _, _ = deal
    contract.delivered_kg = contract.accepted_kg = 10_000
    session.flush()

    assert free(session, contract, over(contract)) == 2_000
    assert held(contract) == (10_000, 10_000)
    assert free(session, contract, over(contract)) == 0


def test_where_nothing_is_written_down_only_the_buyer_lets_go(session, make):
    deals = Deals(session, make)
    contract = deals.in_force()
    buyer, days = deals.actor(contract, Side.BUYER), over(contract)
    where = (session, buyer, contract.public_id, 1, "")

    assert contracts_to_release(session, today=TODAY + timedelta(days)) == []
    assert free(session, contract, days) == 0
    with pytest.raises(Refused):
        give_up_delivery(*where, now=NOW)
    assert give_up_delivery(*where, now=NOW + timedelta(days)) == KG
    assert held(contract) == (0, 0)


def test_who_is_short_is_found_and_is_forgotten_once_it_gave_back(session, deal):
    contract, _, _ = deal
    day = TODAY + timedelta(over(contract))

    assert contracts_to_release(session, today=TODAY) == []
    assert contracts_to_release(session, today=day) == [contract.id]
    free(session, contract, over(contract))
    assert contracts_to_release(session, today=day) == []


def test_both_sides_hear_and_the_matcher_looks_again(session, deal):
    contract, seller, buyer = deal
    session.execute(delete(Job))

    free(session, contract, over(contract))

    kinds = set(session.scalars(select(Job.kind)))
    assert kinds == {"matching.run", "alerts.watch"}
    for who in (seller, buyer):
        mine = select(Notice).where(
            Notice.user_id == who.user_id, Notice.kind == NoticeKind.CONTRACT_ALERT
        )
        assert [one.params["kg"] for one in session.scalars(mine)] == [KG]


def test_a_day_that_moved_on_is_waited_for(session, deal):
    contract, seller, buyer = deal
    later = contract.lines[0].deliver_to + timedelta(10)
    for who, word in (
        (seller, DeliveryWord.PROPOSE_DAY),
        (buyer, DeliveryWord.ACCEPT_DAY),
    ):
        say_of_delivery(
            session,
            who,
            contract.public_id,
            1,
            word,
            now=NOW,
            today=TODAY,
            day=later if word is DeliveryWord.PROPOSE_DAY else None,
        )

    assert free(session, contract, over(contract) + 9) == 0
    assert free(session, contract, over(contract) + 10) == KG


def test_goods_turned_away_for_good_free_the_need_and_not_the_harvest(session, deal):
    contract, _, _ = deal
    rejected(session, deal, 3_000)

    disputable = release_free(session, contract.id, today=TODAY, now=NOW)
    freed = [free(session, contract, 2) for _ in range(2)]

    assert (disputable, freed) == (0, [3_000, 0])
    assert held(contract) == (KG, KG - 3_000)
    assert holds(session, contract)


def test_a_need_whose_window_is_over_does_not_come_back(session, deal):
    contract, _, _ = deal
    rejected(session, deal, 3_000)

    assert free(session, contract, over(contract)) == 0
    assert held(contract) == (KG, KG)


def test_turned_away_and_never_delivered_are_told_apart(session, deal):
    contract, _, _ = deal
    rejected(session, deal, 1_000, of=5_000)

    assert free(session, contract, 2) == 1_000
    assert free(session, contract, over(contract)) == 7_000
    assert held(contract) == (5_000, 4_000)
    assert holds(session, contract)


def test_the_buyer_lets_go_of_what_the_seller_cannot_deliver(session, deal):
    contract, seller, buyer = deal
    note(session, contract, seller, 2_000)
    where = (session, seller, contract.public_id, 1)
    with pytest.raises(Refused):
        give_up_delivery(session, buyer, contract.public_id, 1, "", now=NOW)
    word = DeliveryWord.BLOCKED
    say_of_delivery(*where, word, now=NOW, today=TODAY, text="Mưa đá")
    with pytest.raises(Refused):
        give_up_delivery(*where, "", now=NOW)

    freed = give_up_delivery(session, buyer, contract.public_id, 1, "", now=NOW)

    planned = planned_delivery(session, contract, 1)
    assert freed == 10_000
    assert planned.delivery.state is DeliveryState.CANCELLED
    assert held(contract) == (2_000, 2_000)
    with pytest.raises(Refused):
        note(session, contract, seller, 500, number=1)
    assert holds(session, contract)


def test_a_note_made_void_later_frees_its_kilograms_too(session, deal):
    contract, seller, _ = deal
    load = note(session, contract, seller, 4_000)
    free(session, contract, over(contract))

    void_note(session, seller, load.public_id, "Cân sai", now=NOW)

    assert free(session, contract, over(contract)) == 4_000
    assert held(contract) == (0, 0)
    assert holds(session, contract)


def test_a_harvest_that_was_short_covers_the_others_again(session, deal):
    contract, _, _ = deal
    harvest = contract.harvest
    harvest.limit_kg, harvest.over_promised = 5_000, True
    contract.at_risk, contract.at_risk_reason = True, "Sương muối"
    session.flush()

    free(session, contract, over(contract))

    assert (harvest.over_promised, contract.at_risk) == (False, False)
