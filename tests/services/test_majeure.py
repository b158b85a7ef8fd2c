"""Force majeure is told, answered by the other side or an officer, and then excuses."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from marketplace.domain.actor import Role
from marketplace.domain.commands_accounts import RecordEntry
from marketplace.domain.deliveries import DeliveryState, DeliveryWord
from marketplace.domain.early_warning_facts import AlertCode
from marketplace.domain.errors import Conflict, NotFound, Refused
from marketplace.domain.majeure import Hindered, MajeureState
from marketplace.domain.track_record import FactKind
from marketplace.domain.words import ContractState, NoticeKind, Side
from marketplace.domain.words_delivery import EntryKind, EntryState
from marketplace.services.accounts import answer_entry, record_entry
from marketplace.services.closing_content import closing_content
from marketplace.services.deliveries import planned_delivery, say_of_delivery
from marketplace.services.early_warning import watch_contract
from marketplace.services.fulfilment import MAJEURE_WAITS, open_matters
from marketplace.services.invariants import find_violations
from marketplace.services.majeure import access_majeure, withdraw_notice
from marketplace.services.majeure_answers import (
    acknowledge_notice,
    contest_notice,
    decide_notice,
    leave_unanswered,
    majeure_waiting,
)
from marketplace.services.payable import planned_vnd
from marketplace.services.photos import add_photos, list_photos, may_remove
from marketplace.services.record_facts import ContractRecord
from marketplace.services.statements import statement_of
from models.contracts import Contract
from models.database import db
from models.majeure import MajeureLine, MajeureNotice
from models.notices import Letter, Notice
from tests.acting import Acted, at_once
from tests.factories import NOW, TODAY, Make
from tests.majeure_rows import told
from tests.photo_rows import picture

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def acted(session, make):
    return Acted(session, make)


@pytest.fixture
def officer(make):
    return make.officer()


def lost(acted, kg=12_000, **at):
    return told(acted.session, acted.seller, acted.contract, Hindered(1, kg), **at)


def moved(acted, kg=12_000, days=20):
    to = planned_delivery(acted.session, acted.contract, 1).delivery.day
    hindered = Hindered(1, 0, kg, to + days * DAY)
    return told(acted.session, acted.seller, acted.contract, hindered)


def acknowledged(acted, number=1, at=NOW):
    public_id = acted.contract.public_id
    return acknowledge_notice(acted.session, acted.buyer, public_id, number, now=at)


def contested(acted, text="Đường vẫn đi được", at=NOW):
    public_id = acted.contract.public_id
    return contest_notice(acted.session, acted.buyer, public_id, 1, text, now=at)


def decided(acted, officer, stands=True, authority="UBND xã, 12/XN", at=NOW):
    return decide_notice(
        acted.session,
        officer,
        acted.contract.public_id,
        1,
        "Xã đã lập biên bản",
        stands=stands,
        authority=authority,
        now=at,
    )


def kinds(session, who):
    wanted = select(Notice.kind).where(Notice.user_id == who.user_id)
    return set(session.scalars(wanted))


def broken(session):
    """What contradicts the rules; the answers before the contract are not told here."""
    found = find_violations(session)
    return [one for one in found if one.rule != "both sides accepted what is agreed"]


def test_the_other_side_is_told_under_the_bell_and_by_letter(session, acted):
    notice = lost(acted)

    assert (notice.number, notice.state) == (1, MajeureState.NOTIFIED)
    assert not notice.late
    assert kinds(session, acted.buyer) >= {NoticeKind.MAJEURE_GIVEN}
    letters = select(Letter).where(Letter.kind == NoticeKind.MAJEURE_GIVEN)
    assert session.scalars(letters).first() is not None
    assert majeure_waiting(session, acted.buyer) == [notice]
    assert majeure_waiting(session, acted.seller) == []
    assert MAJEURE_WAITS in open_matters(session, acted.contract)
    assert broken(session) == []


def test_a_notice_after_the_hours_of_the_contract_is_kept_and_marked(acted):
    on_time = lost(acted, 1_000, at=NOW + 48 * HOUR, learned=NOW)
    late = lost(acted, 1_000, at=NOW + 49 * HOUR, learned=NOW)

    assert (on_time.late, late.late) == (False, True)
    assert late.state is MajeureState.NOTIFIED


def test_nobody_tells_of_more_than_is_open_or_twice_of_the_same(acted):
    with pytest.raises(Refused):
        lost(acted, 12_001)
    lost(acted, 8_000)

    with pytest.raises(Refused):
        lost(acted, 4_001)
    assert lost(acted, 4_000).number == 2


def test_a_moment_to_come_and_an_ended_contract_are_refused(session, acted):
    with pytest.raises(Refused):
        lost(acted, learned=NOW + HOUR)
    session.execute(
        sa.update(Contract)
        .where(Contract.id == acted.contract.id)
        .values(state=ContractState.EXPIRED)
    )

    with pytest.raises(Refused):
        lost(acted)


def test_nothing_is_free_before_it_stands_and_the_lost_is_after(session, acted):
    line = acted.contract.lines[0]
    lost(acted, 5_000)
    assert line.released_kg == 0

    acknowledged(acted)

    planned = planned_delivery(session, acted.contract, 1)
    assert (line.released_kg, planned.open_kg) == (5_000, 7_000)
    assert planned.delivery.state is DeliveryState.PLANNED
    assert kinds(session, acted.seller) >= {NoticeKind.MAJEURE_ANSWERED}
    assert broken(session) == []


def test_what_is_lost_whole_is_cancelled(session, acted):
    lost(acted)

    acknowledged(acted)

    planned = planned_delivery(session, acted.contract, 1)
    assert planned.delivery.state is DeliveryState.CANCELLED
    assert acted.contract.harvest.promised_kg == 0
    assert broken(session) == []


def test_only_what_is_still_missing_is_released(session, acted):
    lost(acted, 10_000)
    acted.delivered(6_000)

    acknowledged(acted)

    assert acted.contract.lines[0].released_kg == 6_000
    assert broken(session) == []


def test_what_comes_later_has_its_new_day(session, acted):
    before = planned_delivery(session, acted.contract, 1).delivery.day
    moved(acted)

    acknowledged(acted)

    delivery = planned_delivery(session, acted.contract, 1).delivery
    assert delivery.day == before + 20 * DAY
    assert delivery.proposed_by is None
    assert acted.contract.lines[0].released_kg == 0


def test_the_same_answer_twice_is_the_same_as_once(session, acted):
    lost(acted, 5_000)
    acknowledged(acted)

    again = acknowledged(acted, at=NOW + HOUR)

    assert again.answered_at == NOW
    assert acted.contract.lines[0].released_kg == 5_000


def test_its_giver_does_not_answer_and_takes_back_only_before(session, acted):
    lost(acted, 1_000)
    public_id = acted.contract.public_id
    with pytest.raises(Refused):
        acknowledge_notice(session, acted.seller, public_id, 1, now=NOW)
    with pytest.raises(Refused):
        withdraw_notice(session, acted.buyer, public_id, 1, now=NOW)
    lost(acted, 1_000)

    taken = withdraw_notice(session, acted.seller, public_id, 2, now=NOW)
    acknowledged(acted)

    assert taken.state is MajeureState.WITHDRAWN
    with pytest.raises(Conflict):
        withdraw_notice(session, acted.seller, public_id, 1, now=NOW)
    assert broken(session) == []


def test_a_contested_notice_waits_for_an_officer(session, acted, officer):
    lost(acted)
    with pytest.raises(Refused):
        decided(acted, officer)  # nobody called
    with pytest.raises(Refused):
        contested(acted, " ")

    contested(acted)

    assert kinds(session, officer) >= {NoticeKind.MAJEURE_CONTESTED}
    assert len(majeure_waiting(session, officer)) == 1
    with pytest.raises(Conflict):
        acknowledged(acted)
    assert acted.contract.lines[0].released_kg == 0
    assert broken(session) == []


def test_an_officer_confirms_by_the_paper_of_an_authority(session, acted, officer):
    lost(acted, 5_000)
    contested(acted)
    with pytest.raises(Refused):
        decided(acted, officer, authority="")
    with pytest.raises(NotFound):
        decided(acted, acted.buyer)

    notice = decided(acted, officer)

    assert notice.state is MajeureState.CONFIRMED
    assert acted.contract.lines[0].released_kg == 5_000
    for who in (acted.seller, acted.buyer):
        assert NoticeKind.MAJEURE_DECIDED in kinds(session, who)
    assert broken(session) == []


def test_what_an_officer_declines_excuses_nothing(session, acted, officer):
    moved(acted)
    contested(acted)

    notice = decided(acted, officer, stands=False, authority="")

    planned = planned_delivery(session, acted.contract, 1)
    assert notice.state is MajeureState.DECLINED
    assert planned.delivery.day == acted.contract.lines[0].deliver_from
    assert MAJEURE_WAITS not in open_matters(session, acted.contract)


def test_an_officer_moves_the_day_without_the_other_side(session, acted, officer):
    moved(acted)
    contested(acted)

    decided(acted, officer)

    words = planned_delivery(session, acted.contract, 1).words
    assert [one.side for one in words] == [Side.SELLER, None]
    assert words[-1].word is DeliveryWord.ACCEPT_DAY


def test_silence_is_no_consent(session, acted, officer):
    lost(acted, 5_000)
    after = NOW + 73 * HOUR
    assert leave_unanswered(session, now=NOW + 71 * HOUR) == 0

    assert leave_unanswered(session, now=after) == 1

    notice = access_majeure(session, acted.buyer, acted.contract.public_id, 1)
    assert notice.state is MajeureState.UNANSWERED
    assert leave_unanswered(session, now=after) == 0
    assert NoticeKind.MAJEURE_CONTESTED in kinds(session, officer)
    with pytest.raises(Refused):
        contested(acted, at=after)
    assert acted.contract.lines[0].released_kg == 0
    acknowledged(acted, at=after)
    assert acted.contract.lines[0].released_kg == 5_000
    assert broken(session) == []


def penalty(acted, vnd, line=None):
    day = over(acted)
    command = RecordEntry(EntryKind.PENALTY, vnd, day, text="Giao thiếu", line=line)
    public_id = acted.contract.public_id
    return record_entry(
        acted.session, acted.buyer, public_id, command, today=day, now=NOW
    )


def test_what_was_lost_is_not_expected_any_more(session, acted):
    price = acted.contract.price_vnd
    before = planned_vnd(session, acted.contract)
    lost(acted, 5_000)
    acknowledged(acted)

    assert (before, planned_vnd(session, acted.contract)) == (
        12_000 * price,
        7_000 * price,
    )


def over(acted):
    """The day after the last one of the only delivery."""
    return acted.contract.lines[0].deliver_to + DAY


def confirmed(acted, entry):
    state, public_id = EntryState.CONFIRMED, acted.contract.public_id
    return answer_entry(
        acted.session, acted.seller, public_id, entry.public_id, state, now=NOW
    )


def test_the_penalty_for_what_is_excused_falls_away_and_says_why(session, acted):
    asked = 12_000 * acted.contract.price_vnd * acted.contract.penalty_pct // 100
    confirmed(acted, penalty(acted, asked, line=1))
    lost(acted, 6_000)
    before = statement_of(session, acted.contract, today=over(acted))

    acknowledged(acted)

    after = statement_of(session, acted.contract, today=over(acted))
    assert before.totals.seller_penalties_vnd == asked
    assert after.totals.seller_penalties_vnd == asked // 2
    line = next(one for one in after.lines if one.kind == "seller_penalty")
    assert "bất khả kháng" in line.message
    assert [int(step.amount) for step in line.steps] == [
        asked,
        -asked // 2,
        asked // 2,
    ]
    assert sum(one.signed_vnd for one in after.lines) == after.balance_vnd
    past = statement_of(session, acted.contract, today=TODAY - DAY)
    assert past.totals.seller_penalties_vnd == 0


def test_a_penalty_for_what_is_excused_by_now_is_not_confirmed(session, acted):
    asked = penalty(acted, 1_000_000, line=1)
    lost(acted)
    acknowledged(acted)

    with pytest.raises(Refused, match="miễn vì bất khả kháng"):
        confirmed(acted, asked)

    assert asked.state is EntryState.RECORDED
    assert statement_of(session, acted.contract, today=over(acted)).lines == ()


def test_a_penalty_is_for_a_delivery_that_is_due_or_given_up(session, acted):
    day, public_id = acted.contract.lines[0].deliver_to, acted.contract.public_id
    command = RecordEntry(EntryKind.PENALTY, 1_000, day, text="Giao thiếu", line=1)
    who = (session, acted.buyer, public_id, command)

    with pytest.raises(Refused, match="chưa đến hạn"):
        record_entry(*who, today=day, now=NOW)

    acted.contract.lines[0].released_kg = 1_000  # the seller gave it up
    assert record_entry(*who, today=day, now=NOW).line == 1


def test_the_most_for_one_delivery_is_told_as_a_share_of_it(session, acted):
    value = acted.contract.lines[0].kg * acted.contract.price_vnd
    acted.contract.value_vnd = 10 * value  # as if there were more of them
    most = value * acted.contract.penalty_pct // 100

    with pytest.raises(Refused, match="giá trị đợt giao"):
        penalty(acted, most + 1, line=1)

    assert penalty(acted, most, line=1).amount_vnd == most


def test_no_penalty_is_asked_for_what_is_excused(session, acted):
    lost(acted)
    acknowledged(acted)

    with pytest.raises(Refused) as refusal:
        penalty(acted, 1_000, line=1)

    assert "bất khả kháng" in refusal.value.message
    with pytest.raises(Refused):
        penalty(acted, 1_000)
    with pytest.raises(Refused):
        penalty(acted, 1_000, line=9)


def facts(acted, day):
    record = ContractRecord(acted.session, acted.contract, TODAY + day * DAY)
    return {(side, fact.kind): fact for side, fact in record.facts()}


def test_the_record_tells_it_apart_from_a_broken_word(session, acted):
    lost(acted, 5_000)
    acknowledged(acted)
    acted.delivered(7_000, day=1)

    found = facts(acted, 200)

    kept = found[Side.SELLER, FactKind.FULFILMENT]
    apart = found[Side.SELLER, FactKind.MAJEURE]
    assert (kept.good, kept.total) == (7_000, 7_000)
    assert (apart.good, apart.total) == (5_000, 5_000)


def test_without_an_answer_that_lets_it_stand_a_miss_is_a_miss(session, acted):
    lost(acted, 5_000)
    acted.delivered(7_000, day=1)

    found = facts(acted, 200)

    kept = found[Side.SELLER, FactKind.FULFILMENT]
    assert (kept.good, kept.total) == (7_000, 12_000)
    assert (Side.SELLER, FactKind.MAJEURE) not in found


def codes(acted, today):
    rows = watch_contract(acted.session, acted.contract.id, today=today, now=NOW)
    return {row.code: row for row in rows}


def test_a_warning_tells_of_it_instead_of_a_blocked_delivery(session, acted, officer):
    public_id = acted.contract.public_id
    blocked = DeliveryWord.BLOCKED
    say_of_delivery(
        session, acted.seller, public_id, 1, blocked, now=NOW, today=TODAY, text="Lũ"
    )
    assert AlertCode.DELIVERY_BLOCKED in codes(acted, TODAY)

    lost(acted)
    found = codes(acted, TODAY)

    assert AlertCode.DELIVERY_BLOCKED not in found
    assert found[AlertCode.DELIVERY_HINDERED].params["kg"] == 12_000
    assert found[AlertCode.DELIVERY_HINDERED].severity == "W"
    contested(acted)
    assert codes(acted, TODAY)[AlertCode.DELIVERY_HINDERED].severity == "E"
    decided(acted, officer)
    assert AlertCode.DELIVERY_HINDERED not in codes(acted, TODAY)


def test_the_closing_tells_it_and_an_old_one_keeps_its_words(session, acted):
    plain = closing_content(session, acted.contract, as_of=TODAY)
    assert "majeure" not in plain
    lost(acted, 5_000)
    acknowledged(acted)

    content = closing_content(session, acted.contract, as_of=TODAY)

    told = ["flood", "seller", TODAY, "acknowledged", False, 5_000, 0]
    assert content["majeure"] == [[1, *told]]


def test_photos_lie_on_it_and_stay_once_it_is_answered(session, acted):
    notice = lost(acted)
    seller, most = acted.seller, 6
    add_photos(session, seller, notice, [picture()], most=most, now=NOW)
    assert may_remove(session, seller, list_photos(session, notice)[0])

    acknowledged(acted)

    assert not may_remove(session, seller, list_photos(session, notice)[0])
    with pytest.raises(Refused):
        add_photos(session, seller, notice, [picture(1)], most=most, now=NOW)
    assert broken(session) == []


@pytest.mark.parametrize(
    "change",
    [
        {"answer": "Thôi được"},
        {"answered_at": None},
        {"answered_at": NOW + HOUR},
        {"text": "Không phải lũ"},
        {"late": True},
        {"state": MajeureState.NOTIFIED, "answered_at": None},
    ],
)
def test_the_database_keeps_what_was_said_and_answered(session, acted, change):
    lost(acted)
    acknowledged(acted)
    session.flush()

    with pytest.raises(DBAPIError, match=r"(tr|ck)_majeure_notices"):
        session.execute(sa.update(MajeureNotice).values(**change))


def test_the_database_keeps_its_kilograms_and_what_an_officer_said(
    session, acted, officer
):
    lost(acted)
    contested(acted)
    decided(acted, officer)
    session.flush()
    for statement in (
        sa.update(MajeureLine).values(lost_kg=1),
        sa.delete(MajeureLine),
        sa.delete(MajeureNotice),
        sa.update(MajeureNotice).values(decision="Khác"),
        sa.update(MajeureNotice).values(authority="Khác"),
    ):
        savepoint = session.begin_nested()
        with pytest.raises(DBAPIError, match="tr_majeure"):
            session.execute(statement)
        savepoint.rollback()


def test_strangers_and_officers_of_elsewhere_know_nothing(session, acted, make):
    lost(acted)
    for who in (make.member(), make.officer("D116"), make.member(role=Role.STAFF)):
        with pytest.raises(NotFound):
            access_majeure(session, who, acted.contract.public_id, 1)


def test_two_answers_at_once_are_one(fresh_app):
    with fresh_app.app_context():
        session = db.session()
        acted = Acted(session, Make(session))
        lost(acted, 5_000)
        buyer, public_id = acted.buyer, acted.contract.public_id
        session.commit()

    def yes(at):
        acknowledge_notice(at, buyer, public_id, 1, now=NOW)

    def no(at):
        contest_notice(at, buyer, public_id, 1, "Không phải lũ", now=NOW)

    told_of = at_once(fresh_app, [yes, no])

    assert sorted(told_of) == ["Conflict", "done"]
    with fresh_app.app_context():
        row = db.session.scalars(select(MajeureNotice)).one()
        stands = row.state is MajeureState.ACKNOWLEDGED
        assert stands or row.state is MajeureState.CONTESTED
        assert row.contract.lines[0].released_kg == (5_000 if stands else 0)
        assert broken(db.session()) == []


def test_the_rest_of_a_delivery_still_comes_and_no_more(session, acted):
    lost(acted, 5_000)
    acknowledged(acted)

    with pytest.raises(Refused):
        acted.weighed(7_001)

    acted.delivered(7_000)
    assert planned_delivery(session, acted.contract, 1).open_kg == 0
    assert broken(session) == []
