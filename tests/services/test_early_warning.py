"""Alerts of a contract: opened once, told once, closed when their cause is gone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from marketplace.domain.actor import Role
from marketplace.domain.commands_harvests import ReviseForecast
from marketplace.domain.deliveries import DeliveryWord
from marketplace.domain.early_warning_facts import AlertCode, AlertStage
from marketplace.domain.errors import NotFound, Refused
from marketplace.domain.harvests import Forecast
from marketplace.domain.words import ContractState, NoticeKind, Severity, Side
from marketplace.domain.words_delivery import NoteState
from marketplace.services.alert_lists import (
    AlertFilter,
    alerted_units,
    count_alerts,
    list_alerts,
    unanswered_alerts,
)
from marketplace.services.alerts import (
    access_alert,
    acknowledge_alert,
    act_on_alert,
    escalate_alert,
)
from marketplace.services.contract_events import move_contract
from marketplace.services.deliveries import say_of_delivery
from marketplace.services.early_warning import (
    contracts_to_watch,
    open_alerts,
    watch_contract,
)
from marketplace.services.harvest_changes import revise_harvest
from marketplace.services.inspections import current_inspection
from models.alerts import ContractAlert
from models.jobs import Job
from models.notices import Notice
from tests.deals import Deals
from tests.factories import NOW, TODAY

BLOCKED = AlertCode.DELIVERY_BLOCKED


@pytest.fixture
def deals(session, make):
    return Deals(session, make)


@pytest.fixture
def deal(deals):
    contract = deals.in_force()
    seller, buyer = (deals.actor(contract, side) for side in Side)
    return contract, seller, buyer


def watch(session, contract, days=0):
    moment = NOW + timedelta(days)
    watch_contract(session, contract.id, today=TODAY + timedelta(days), now=moment)
    return {row.code: row for row in open_alerts(session, contract)}


def say(session, who, contract, word, text=""):
    return say_of_delivery(
        session, who, contract.public_id, 1, word, now=NOW, today=TODAY, text=text
    )


def blocked(session, deal):
    contract, seller, _ = deal
    say(session, seller, contract, DeliveryWord.BLOCKED, "Mưa đá")
    return watch(session, contract)[BLOCKED]


def told(session, who):
    wanted = select(Notice).where(
        Notice.user_id == who.user_id, Notice.kind == NoticeKind.CONTRACT_ALERT
    )
    return session.scalars(wanted.order_by(Notice.id)).all()


def test_a_contract_on_its_way_has_no_alert(session, deal):
    contract, seller, _ = deal

    assert watch(session, contract) == {}
    assert told(session, seller) == []
    assert contracts_to_watch(session) == [contract.id]


def test_a_blocked_delivery_is_told_once_to_both_sides_and_the_officers(
    session, make, deal
):
    officer, elsewhere = make.officer(), make.officer("D116")
    contract, seller, buyer = deal

    alert = blocked(session, deal)
    watch(session, contract)
    watch(session, contract, 1)

    assert (alert.severity, alert.stage) == (Severity.ERROR, AlertStage.NEW)
    assert alert.params["kg"] == contract.total_kg
    assert [len(told(session, who)) for who in (seller, buyer, officer)] == [1, 1, 1]
    assert told(session, elsewhere) == []


def test_an_alert_closes_with_its_cause_and_a_new_one_is_told_anew(session, deal):
    contract, seller, buyer = deal
    first = blocked(session, deal)

    say(session, seller, contract, DeliveryWord.READY)
    assert watch(session, contract) == {}
    say(session, seller, contract, DeliveryWord.BLOCKED, "Lại mưa")
    second = watch(session, contract)[BLOCKED]

    assert first.closed_at == NOW
    assert second.id != first.id
    assert len(told(session, buyer)) == 2


def test_what_grows_graver_is_told_to_those_who_did_not_know(session, make, deal):
    officer = make.officer()
    contract, seller, buyer = deal
    say_of_delivery(
        session,
        seller,
        contract.public_id,
        1,
        DeliveryWord.PROPOSE_DAY,
        now=NOW,
        today=TODAY,
        day=contract.lines[0].deliver_from + timedelta(1),
    )

    first = watch(session, contract, 3)[AlertCode.DAY_WAITING]
    severity = first.severity
    early = [len(told(session, who)) for who in (seller, buyer, officer)]
    later = watch(session, contract, 6)[AlertCode.DAY_WAITING]

    assert (severity, early) == (Severity.WARNING, [0, 1, 0])
    assert (later.id, later.severity) == (first.id, Severity.ERROR)
    assert [len(told(session, who)) for who in (seller, buyer, officer)] == [1, 1, 1]


def test_a_forecast_below_what_is_promised_asks_for_a_look(session, make):
    owner = make.organisation()
    director = make.member(owner)
    contract = Deals(session, make).in_force(make.proposal(make.harvest(owner)))
    harvest = contract.harvest
    days = harvest.window_start, harvest.window_end
    session.execute(delete(Job))
    lowered = ReviseForecast(
        Forecast(*days, likely_kg=8_000, low_kg=5_000, high_kg=9_000),
        reason="Sương muối",
    )

    revise_harvest(session, director, harvest.public_id, lowered, today=TODAY, now=NOW)

    jobs = session.scalars(select(Job).where(Job.kind == "alerts.watch")).all()
    assert [job.payload for job in jobs] == [{"contract": contract.id}]
    alert = watch(session, contract)[AlertCode.HARVEST_SHORT]
    assert alert.params == {"kg": contract.total_kg - 8_000}


def test_goods_delivered_before_there_were_notes_are_not_late(session, deal):
    contract, _, _ = deal
    after = (contract.lines[0].deliver_to - TODAY).days + 1
    late = AlertCode.DELIVERY_LATE

    assert late in watch(session, contract, after)
    contract.delivered_kg = contract.accepted_kg = contract.total_kg
    session.flush()
    assert late not in watch(session, contract, after)


def test_a_note_and_an_inspection_that_wait_are_seen(session, deals, deal):
    contract, _, _ = deal
    note = deals.note(contract)

    first = watch(session, contract, 3)
    for side in Side:
        deals.confirmation(note, side)
    note.state, note.confirmed_at = NoteState.CONFIRMED, NOW
    session.flush()
    second = watch(session, contract, 3)

    assert set(first) == {AlertCode.NOTE_WAITING}
    assert set(second) == {AlertCode.INSPECTION_WAITING}
    assert first[AlertCode.NOTE_WAITING].concerns == ["buyer"]


def test_a_claim_waits_for_the_side_that_did_not_speak_last(session, deals, deal):
    contract, _, _ = deal
    note = deals.inspected(contract)

    deals.claim(current_inspection(session, note))

    alert = watch(session, contract, 3)[AlertCode.CLAIM_WAITING]
    assert alert.concerns == ["buyer"]


@pytest.mark.parametrize("low", [9_000, 20_000])
def test_a_market_that_left_the_price_behind_warns(session, make, deal, low):
    contract, _, _ = deal
    make.quote(low, low + 1_000)

    found = watch(session, contract)

    code = AlertCode.PRICE_ABOVE if low < 14_500 else AlertCode.PRICE_BELOW
    assert set(found) == {code}
    assert found[code].params["price_vnd"] == 14_500


def test_late_money_is_what_the_accepted_goods_cost(session, deals, deal):
    contract, _, _ = deal
    deals.inspected(contract)
    due = contract.payment_term_days

    assert AlertCode.PAYMENT_OVERDUE not in watch(session, contract, due)
    alert = watch(session, contract, due + 1)[AlertCode.PAYMENT_OVERDUE]

    assert alert.params["amount_vnd"] == 4_000 * 14_500
    deals.entry(contract)  # the buyer says that a million is paid
    session.flush()
    later = watch(session, contract, due + 1)[AlertCode.PAYMENT_OVERDUE]
    assert later.params["amount_vnd"] == 4_000 * 14_500 - 1_000_000


def test_a_paper_that_ends_before_the_last_delivery_warns_until_renewed(session, make):
    owner = make.organisation()
    paper = make.certificate(owner, expires_on=TODAY + timedelta(20))
    harvest = make.harvest(owner, papers=[paper])
    contract = Deals(session, make).in_force(make.proposal(harvest))

    assert AlertCode.PAPER_LAPSING in watch(session, contract)
    make.certificate(owner, expires_on=TODAY + timedelta(700))
    assert AlertCode.PAPER_LAPSING not in watch(session, contract)


def test_a_contract_that_ended_keeps_only_what_is_to_answer_or_pay(session, deal):
    contract, _, _ = deal
    alert = blocked(session, deal)

    move_contract(
        session, contract, ContractState.TERMINATED, "terminated", None, now=NOW
    )

    assert watch(session, contract) == {}
    assert alert.closed_at is not None


def test_the_database_allows_one_open_alert_of_a_code(session, deal):
    contract, _, _ = deal
    blocked(session, deal)
    twin = {
        "contract_id": contract.id,
        "code": BLOCKED,
        "severity": Severity.ERROR,
        "since": TODAY,
        "concerns": [],
        "params": {},
        "opened_at": NOW,
    }

    closed = insert(ContractAlert).values(**twin, public_id="a", closed_at=NOW)
    session.execute(closed)
    with pytest.raises(IntegrityError):
        session.execute(insert(ContractAlert).values(**twin, public_id="b"))


def test_a_side_takes_note_once(session, deal):
    _, seller, buyer = deal
    alert = blocked(session, deal)
    before = [len(unanswered_alerts(session, who)) for who in (seller, buyer)]

    for _ in range(2):
        acknowledge_alert(session, buyer, alert.public_id, now=NOW)

    assert before == [1, 1]
    assert (alert.stage, len(alert.steps)) == (AlertStage.KNOWN, 1)
    after = [len(unanswered_alerts(session, who)) for who in (seller, buyer)]
    assert after == [1, 0]


def test_a_call_reaches_the_officers_and_waits_for_their_deed(session, make, deal):
    officer = make.officer()
    _, seller, _ = deal
    alert = blocked(session, deal)
    acknowledge_alert(session, officer, alert.public_id, now=NOW)

    escalate_alert(session, seller, alert.public_id, "Không ai trả lời", now=NOW)
    with pytest.raises(Refused):
        escalate_alert(session, seller, alert.public_id, "Gọi lại", now=NOW)
    waiting = list(unanswered_alerts(session, officer))
    act_on_alert(session, officer, alert.public_id, "Đã gọi hai bên", now=NOW)

    assert waiting == [alert]
    assert told(session, officer)[-1].params["said"] == "Không ai trả lời"
    assert alert.stage is AlertStage.ACTED
    assert [step.position for step in alert.steps] == [0, 1, 2]
    assert unanswered_alerts(session, officer) == []


def test_deeds_need_words_and_an_open_alert(session, deal):
    contract, seller, _ = deal
    alert = blocked(session, deal)

    for verb in (act_on_alert, escalate_alert):
        with pytest.raises(Refused) as refusal:
            verb(session, seller, alert.public_id, "  ", now=NOW)
        assert refusal.value.field == "text"
    say(session, seller, contract, DeliveryWord.READY)
    watch(session, contract)
    with pytest.raises(Refused):
        act_on_alert(session, seller, alert.public_id, "Đã giao", now=NOW)


def test_strangers_and_officers_from_elsewhere_find_nothing(session, make, deal):
    alert = blocked(session, deal)
    elsewhere = make.officer("D116")

    for who in (make.member(), make.member(make.buyer(), Role.BUYER), elsewhere):
        with pytest.raises(NotFound):
            access_alert(session, who, alert.public_id)
        assert list_alerts(session, who, AlertFilter(), limit=9) == ([], 0)
        assert count_alerts(session, who) == {}


def test_an_officer_finds_the_gravest_first_and_narrows_the_list(session, make, deal):
    officer = make.officer()
    contract, _, _ = deal
    make.quote(18_000, 19_000)
    blocked(session, deal)

    rows, total = list_alerts(session, officer, AlertFilter(), limit=1)
    warned, _ = list_alerts(session, officer, AlertFilter(Severity.WARNING), limit=9)
    [unit] = alerted_units(session, officer)

    assert ([row.code for row in rows], total) == ([BLOCKED], 2)
    assert [row.code for row in warned] == [AlertCode.PRICE_BELOW]
    assert count_alerts(session, officer) == {Severity.ERROR: 1, Severity.WARNING: 1}
    assert unit.id == contract.seller.unit_id
    none = AlertFilter(unit_id=unit.id + 1)
    assert list_alerts(session, officer, none, limit=9) == ([], 0)


def test_what_was_done_is_never_changed(session, deal):
    _, seller, _ = deal
    alert = blocked(session, deal)
    acknowledge_alert(session, seller, alert.public_id, now=NOW)

    alert.steps[0].text = "khác"
    with pytest.raises(DBAPIError, match="tr_contract_alert_steps_no_update"):
        session.flush()
