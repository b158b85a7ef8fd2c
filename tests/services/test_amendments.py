"""A contract in force is changed by what both sides sign, and by nothing else."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from marketplace.domain.actor import Role
from marketplace.domain.amendments import PlannedDelivery
from marketplace.domain.authenticity import RecordKind, Standing
from marketplace.domain.commands_deliveries import LotWeight, WriteNote
from marketplace.domain.deliveries import DeliveryState, DeliveryWord
from marketplace.domain.errors import Conflict, NotFound, Refused
from marketplace.domain.words import NoticeKind, PriceMode, Side
from marketplace.domain.words_amendments import AmendmentReason, AmendmentState
from marketplace.services.amendment_answers import (
    lapse_amendments,
    refuse_amendment,
    withdraw_amendment,
)
from marketplace.services.amendment_content import reasons_in_force
from marketplace.services.amendments import (
    access_amendment,
    amendments_waiting,
    propose_amendment,
)
from marketplace.services.authenticity import find_genuine
from marketplace.services.contract_content import content_of
from marketplace.services.deliveries import planned_deliveries, say_of_delivery
from marketplace.services.invariants import find_violations
from marketplace.services.note_writing import write_note
from marketplace.services.signing import current_version
from marketplace.services.statements import statement_of
from models.amendments import Amendment
from models.contracts import Contract, ContractLine, ContractVersion
from models.database import db, new_public_id
from models.notices import Letter, Notice
from models.proposals import TermsLine
from models.reference import LegalBasis
from tests.acting import Acted, at_once
from tests.amending import amended, command_for, moved, proposed, signed
from tests.factories import NOW, TODAY, Make
from tests.worlds import undone

DAY = timedelta(days=1)


@pytest.fixture
def acted(session, make):
    return Acted(session, make)


@pytest.fixture
def sides(acted):
    return {Side.SELLER: acted.seller, Side.BUYER: acted.buyer}


def broken(session):
    """What contradicts the rules; the answers before the contract are not told here."""
    found = find_violations(session)
    return [one for one in found if one.rule != "both sides accepted what is agreed"]


def statement(acted, day=0):
    return statement_of(acted.session, acted.contract, today=TODAY + day * DAY)


def test_both_sign_and_the_contract_goes_on_by_the_new_words(session, acted, sides):
    first = current_version(session, acted.contract)

    amended(session, sides, acted.contract, price_vnd=15_000, payment_days=10)

    contract = acted.contract
    assert contract.current_version == 2
    assert (contract.price_vnd, contract.payment_term_days) == (15_000, 10)
    content = content_of(current_version(session, contract))
    assert content["amendment"]["amends"]["digest"] == first.digest
    assert "15.000" in content["clauses"]["price"]["legal_vi"]
    assert content["clauses"]["breach"] == content_of(first)["clauses"]["breach"]
    assert broken(session) == []


def test_the_old_version_stays_as_it_was_signed(session, acted, sides):
    first = current_version(session, acted.contract)
    before = first.content, first.digest, len(first.signatures)

    amended(session, sides, acted.contract, price_vnd=15_000)

    session.expire_all()
    again = session.get_one(ContractVersion, (acted.contract.id, 1))
    assert (again.content, again.digest, len(again.signatures)) == before
    assert find_genuine(session, again.digest).standing is Standing.REPLACED
    newest = find_genuine(session, current_version(session, acted.contract).digest)
    assert (newest.kind, newest.standing) == (
        RecordKind.AMENDMENT,
        Standing.IN_FORCE,
    )


def test_one_signature_changes_nothing(session, acted, sides):
    found = proposed(session, acted.buyer, acted.contract, price_vnd=13_000)

    signed(session, acted.buyer, found)

    assert acted.contract.current_version == 1
    assert acted.contract.price_vnd == 14_500
    assert found.state is AmendmentState.PROPOSED
    assert amendments_waiting(session, acted.buyer) == []
    assert amendments_waiting(session, acted.seller) == [found]


def test_signing_twice_is_the_same_as_once(session, acted, sides):
    found = amended(session, sides, acted.contract, price_vnd=15_000)

    signed(session, acted.seller, found)

    words = session.get_one(ContractVersion, (acted.contract.id, 2))
    assert len(words.signatures) == 2


@pytest.mark.parametrize("day", [0, 1])
def test_what_was_delivered_keeps_the_price_it_was_delivered_at(
    session, acted, sides, day
):
    """Also where the amendment is signed on the very day of the delivery."""
    acted.delivered(1_000)
    before = statement(acted, 20).totals.priced_vnd

    amended(session, sides, acted.contract, day, price_vnd=16_000)
    acted.delivered(2_000, day=2)

    priced = statement(acted, 20).totals.priced_vnd
    assert before == 1_000 * 14_500
    assert priced == before + 2_000 * 16_000


def test_a_new_price_waits_for_its_day(session, acted, sides):
    later = TODAY + 5 * DAY
    amended(session, sides, acted.contract, price_vnd=16_000, price_from=later)

    acted.delivered(1_000, day=2)
    acted.delivered(1_000, day=6)

    totals = statement(acted, 20).totals
    assert totals.priced_vnd == 1_000 * 14_500 + 1_000 * 16_000


def test_what_is_owed_keeps_the_day_it_is_due(session, acted, sides):
    acted.delivered(1_000)
    due = statement(acted, 20).debts[0].debt.due_on

    amended(session, sides, acted.contract, 1, payment_days=0)

    assert statement(acted, 20).debts[0].debt.due_on == due


def test_a_plan_is_changed_added_to_and_dropped(session, make):
    days = [(TODAY + n * 7 * DAY, 4_000) for n in range(1, 4)]
    acted = Acted(session, make, proposal=_proposal(make, days))
    sides = {Side.SELLER: acted.seller, Side.BUYER: acted.buyer}
    contract, promised = acted.contract, acted.contract.harvest.promised_kg
    new_day = TODAY + 9 * DAY

    amended(
        session,
        sides,
        contract,
        deliveries=(
            moved(contract, 1, first_day=new_day, last_day=new_day, kg=3_000),
            PlannedDelivery(TODAY, TODAY, 0, 2),
            PlannedDelivery(new_day, new_day + DAY, 2_000),
        ),
    )

    session.refresh(contract, ["lines"])
    plan = [(line.number, line.kg, line.deliver_from) for line in contract.lines]
    assert plan[0] == (1, 3_000, new_day)
    assert plan[1][:2] == (2, 0)
    assert plan[3] == (4, 2_000, new_day)
    assert contract.total_kg == 3_000 + 4_000 + 2_000
    assert contract.harvest.promised_kg == promised - 3_000
    states = [one.delivery.state for one in planned_deliveries(session, contract)]
    assert states[1] is DeliveryState.CANCELLED
    assert broken(session) == []
    load = WriteNote(new_public_id(), 2, NOW, "Kho", (LotWeight("L1", 900, 100),))
    with pytest.raises(Refused):
        write_note(session, acted.seller, contract.public_id, load, now=NOW)


def test_the_number_of_a_dropped_delivery_is_never_used_again(session, make):
    days = [(TODAY + n * 7 * DAY, 4_000) for n in range(1, 4)]
    acted = Acted(session, make, proposal=_proposal(make, days))
    sides = {Side.SELLER: acted.seller, Side.BUYER: acted.buyer}
    contract, day = acted.contract, TODAY + 9 * DAY
    dropped = (PlannedDelivery(TODAY, TODAY, 0, 3),)
    amended(session, sides, contract, deliveries=dropped)
    session.refresh(contract, ["lines"])

    added = (PlannedDelivery(day, day + DAY, 2_000),)
    amended(session, sides, contract, 1, deliveries=added)

    session.refresh(contract, ["lines"])
    plan = [(line.number, line.kg) for line in contract.lines]
    assert plan == [(1, 4_000), (2, 4_000), (3, 0), (4, 2_000)]
    assert broken(session) == []


def _proposal(make, days):
    window = {"window_start": TODAY, "window_end": days[-1][0] + 10 * DAY}
    harvest = make.harvest(likely_kg=60_000, **window)
    proposal = make.proposal(harvest, make.offer(tranches=days), kg=days[0][1])
    proposal.terms[0].lines += [
        TermsLine(
            tranche_id=tranche.id,
            kg=tranche.kg,
            deliver_from=tranche.window_start,
            deliver_to=tranche.window_end,
        )
        for tranche in proposal.offer.tranches[1:]
    ]
    return proposal


def test_a_delivery_of_a_later_season_takes_nothing_of_this_harvest(
    session, acted, sides
):
    contract, promised = acted.contract, acted.contract.harvest.promised_kg
    day = contract.effective_to + 200 * DAY
    later = PlannedDelivery(day, day + 9 * DAY, 90_000, season="LONGAN-2027-MAIN")

    amended(session, sides, contract, deliveries=(later,), until=later.last_day + DAY)

    assert contract.total_kg == 12_000 + 90_000
    assert contract.harvest.promised_kg == promised
    assert broken(session) == []


def test_what_was_said_of_a_day_is_forgotten_with_the_day(session, acted, sides):
    contract = acted.contract
    word = DeliveryWord.READY
    say_of_delivery(
        session, acted.seller, contract.public_id, 1, word, now=NOW, today=TODAY
    )
    day = contract.lines[0].deliver_from + DAY

    amended(
        session,
        sides,
        contract,
        deliveries=(moved(contract, 1, first_day=day, last_day=day),),
        until=max(contract.effective_to, day + DAY),
    )

    (planned,) = planned_deliveries(session, contract)
    assert planned.delivery.day == day
    assert planned.delivery.state is DeliveryState.PLANNED


def test_no_plan_falls_below_what_was_handed_over(session, acted, sides):
    acted.delivered(5_000)
    less = (moved(acted.contract, 1, kg=4_000),)

    with pytest.raises(Refused) as refusal:
        proposed(session, acted.seller, acted.contract, deliveries=less)

    assert refusal.value.field == "lines"


@pytest.mark.parametrize("number", [0, -4, 99])
def test_no_number_that_the_plan_lacks_is_amended(session, acted, number):
    day = acted.contract.lines[0].deliver_from
    forged = (PlannedDelivery(day, day, 2_000, number),)

    with pytest.raises(Refused) as refusal:
        proposed(session, acted.seller, acted.contract, deliveries=forged)

    assert refusal.value.field == "lines"


def test_no_delivery_begins_before_the_day_of_proposing(session, acted, sides):
    contract, yesterday = acted.contract, TODAY - DAY
    line = contract.lines[0]
    for wrong in (
        moved(contract, 1, first_day=yesterday),
        PlannedDelivery(yesterday, line.deliver_to, 2_000),
    ):
        with pytest.raises(Refused) as refusal:
            proposed(session, acted.seller, contract, deliveries=(wrong,))
        assert refusal.value.field == "lines"

    begun = (line.deliver_from - TODAY).days + 1
    longer = moved(contract, 1, last_day=line.deliver_to + DAY)
    until = line.deliver_to + 2 * DAY
    amended(session, sides, contract, begun, deliveries=(longer,), until=until)
    assert contract.lines[0].deliver_to == longer.last_day


def test_deliveries_that_go_on_overtake_an_amendment(session, acted, sides):
    less = (moved(acted.contract, 1, kg=4_000),)
    found = proposed(session, acted.seller, acted.contract, deliveries=less)
    signed(session, acted.seller, found)

    acted.delivered(5_000)

    with pytest.raises(Refused):
        signed(session, acted.buyer, found)
    assert acted.contract.current_version == 1


def test_a_contract_has_one_open_amendment(session, acted, sides):
    proposed(session, acted.seller, acted.contract, price_vnd=15_000)

    with pytest.raises(Conflict):
        proposed(session, acted.buyer, acted.contract, price_vnd=13_000)


def test_the_database_forbids_a_second_open_amendment(session, acted):
    found = proposed(session, acted.seller, acted.contract, price_vnd=15_000)
    copy = {
        column.name: getattr(found, column.name) for column in found.__table__.columns
    }
    words = session.get_one(ContractVersion, (acted.contract.id, 2))
    session.add(
        ContractVersion(
            contract_id=acted.contract.id,
            version=3,
            content=words.content,
            digest=words.digest,
            template=words.template,
            made_at=NOW,
        )
    )
    session.flush()

    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(
            sa.insert(found.__table__).values(copy | {"version": 3, "number": 2})
        )


@pytest.mark.parametrize(
    "change",
    [
        lambda contract: (
            sa.update(Contract)
            .where(Contract.id == contract.id)
            .values(current_version=2)
        ),
        lambda contract: (
            sa.update(ContractLine)
            .where(ContractLine.contract_id == contract.id)
            .values(kg=1, version=2)
        ),
        lambda contract: (
            sa.update(ContractLine)
            .where(ContractLine.contract_id == contract.id)
            .values(kg=1)
        ),
    ],
    ids=["version", "plan", "plan-in-place"],
)
def test_the_database_forbids_what_both_have_not_signed(session, acted, change):
    found = proposed(session, acted.seller, acted.contract, price_vnd=15_000)
    signed(session, acted.seller, found)

    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(change(acted.contract))


def test_whoever_proposed_withdraws_and_the_other_refuses(session, acted, sides):
    contract = acted.contract
    found = proposed(session, acted.seller, contract, price_vnd=15_000)
    with pytest.raises(Refused):
        withdraw_amendment(session, acted.buyer, contract.public_id, 2, now=NOW)
    with pytest.raises(Refused):
        refuse_amendment(session, acted.seller, contract.public_id, 2, "x", now=NOW)

    refuse_amendment(session, acted.buyer, contract.public_id, 2, "Cao quá", now=NOW)

    assert found.state is AmendmentState.REFUSED
    digest = session.get_one(ContractVersion, (contract.id, 2)).digest
    assert find_genuine(session, digest).standing is Standing.VOID
    again = proposed(session, acted.seller, contract, price_vnd=14_800)
    assert (again.version, again.number) == (3, 2)
    withdraw_amendment(session, acted.seller, contract.public_id, 3, now=NOW)
    with pytest.raises(Refused):
        signed(session, acted.buyer, again)
    assert broken(session) == []


def test_nobody_answers_and_it_lapses(session, acted):
    found = proposed(session, acted.seller, acted.contract, price_vnd=15_000)

    assert lapse_amendments(session, now=NOW + DAY) == 0
    assert lapse_amendments(session, now=NOW + 8 * DAY) == 1

    assert found.state is AmendmentState.LAPSED
    assert lapse_amendments(session, now=NOW + 8 * DAY) == 0


def test_too_late_is_too_late(session, acted):
    found = proposed(session, acted.seller, acted.contract, price_vnd=15_000)

    with pytest.raises(Refused):
        signed(session, acted.buyer, found, NOW + 8 * DAY)


def test_only_representatives_propose_and_sign(session, acted, make):
    staff = make.member(acted.contract.seller, role=Role.STAFF)
    found = proposed(session, acted.buyer, acted.contract, price_vnd=14_000)

    for deed in (
        lambda: proposed(session, staff, acted.contract, price_vnd=15_000),
        lambda: signed(session, staff, found),
    ):
        with pytest.raises(Refused):
            deed()


def test_strangers_find_nothing_and_officers_what_is_signed(session, acted, make):
    found = proposed(session, acted.seller, acted.contract, price_vnd=15_000)
    place = (acted.contract.public_id, found.version)
    for who in (make.member(), make.officer()):
        with pytest.raises(NotFound):
            access_amendment(session, who, *place)

    for who in (acted.seller, acted.buyer):
        signed(session, who, found)

    assert access_amendment(session, make.officer(), *place) is found


def test_words_that_changed_meanwhile_are_not_signed(session, acted, sides):
    stale = command_for(session, acted.contract, price_vnd=15_500)
    amended(session, sides, acted.contract, price_vnd=15_000)

    with pytest.raises(Conflict):
        propose_amendment(
            session,
            acted.seller,
            acted.contract.public_id,
            stale,
            today=TODAY,
            now=NOW,
        )
    found = proposed(session, acted.seller, acted.contract, price_vnd=15_200)
    with pytest.raises(Conflict):
        signed(session, acted.seller, found, digest="0" * 64)


def test_a_law_that_is_gone_carries_no_signature(session, acted):
    found = proposed(session, acted.seller, acted.contract, price_vnd=15_000)
    signed(session, acted.seller, found)
    code = select(LegalBasis).where(LegalBasis.ref == "91/2015/QH13")
    session.scalars(code).one().valid_to = TODAY + DAY
    session.flush()

    with pytest.raises(Refused):
        signed(session, acted.buyer, found, NOW + DAY)

    assert reasons_in_force(session, TODAY + DAY).keys() <= {
        AmendmentReason.FORCE_MAJEURE
    }


def test_terms_outside_the_law_are_refused(session, acted):
    for over in ({"penalty_pct": 9}, {"tolerance_pct": 31}, {"payment_days": 91}):
        with pytest.raises(Refused):
            proposed(session, acted.seller, acted.contract, **over)
    with pytest.raises(Refused):
        proposed(session, acted.seller, acted.contract)


def test_a_fixed_price_becomes_a_floor_that_follows_a_market(
    session, acted, sides, make
):
    make.quote(20_000, 20_000, day=TODAY + DAY)
    amended(
        session,
        sides,
        acted.contract,
        mode=PriceMode.FLOOR,
        share_pct=50,
        reference_market="long_bien",
    )

    acted.delivered(1_000, day=1)

    floor, more = Decimal(14_500), Decimal(20_000 - 14_500) / 2
    assert statement(acted, 5).totals.priced_vnd == 1_000 * (floor + more)
    assert acted.contract.reference_market == "long_bien"


def test_the_other_side_is_told_in_the_app_and_by_letter(session, acted):
    proposed(session, acted.seller, acted.contract, price_vnd=15_000)

    kind = NoticeKind.AMENDMENT_TO_SIGN
    notices = session.scalars(select(Notice).where(Notice.kind == kind)).all()
    letters = session.scalars(select(Letter).where(Letter.kind == kind)).all()
    assert {one.organisation_id for one in notices} == {acted.contract.buyer_id}
    assert letters


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(("deliver", "amend", "refuse", "pay")),
            st.integers(1, 9),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_the_statement_reconciles_after_any_amendments(session, make, steps):
    """Whatever was priced once keeps its amount, and the sums of the account agree."""
    with undone(session):
        acted = Acted(session, make)
        owed = carried_out(acted, steps)

        told = statement(acted, len(steps) + 1)

        assert told.totals.priced_vnd == owed
        assert told.balance_vnd == told.totals.owed_vnd - told.totals.covered_vnd
        assert broken(session) == []


def carried_out(acted, steps):
    """Days of deliveries, amendments and payments; what the goods must come to."""
    session, contract = acted.session, acted.contract
    sides = {Side.SELLER: acted.seller, Side.BUYER: acted.buyer}
    owed, price = 0, 14_500
    for day, (step, size) in enumerate(steps, 1):
        if step == "deliver":
            acted.delivered(size * 100, day=day)
            owed += size * 100 * price
        elif step == "amend" and price != 14_000 + size * 100:
            price = 14_000 + size * 100
            over = {"price_vnd": price, "price_from": TODAY + day * DAY}
            amended(session, sides, contract, day, **over)
        elif step == "refuse":
            found = proposed(session, acted.seller, contract, day, payment_days=1)
            key, at = (contract.public_id, found.version), NOW + day * DAY
            refuse_amendment(session, acted.buyer, *key, "Không", now=at)
        elif step == "pay":
            acted.paid(size * 1_000, day)
    return owed


@pytest.mark.parametrize("case", ["two propose", "both sign", "sign and refuse"])
def test_whatever_two_people_do_at_once_leaves_one_result(fresh_app, case):
    with fresh_app.app_context():
        session = db.session()
        acted = Acted(session, Make(session))
        contract, people = acted.contract, (acted.seller, acted.buyer)
        ids = contract.id, contract.public_id
        command = command_for(session, contract, price_vnd=15_000)
        if case != "two propose":
            proposed(session, acted.seller, contract, price_vnd=15_000)
        if case == "sign and refuse":
            signed(session, acted.seller, session.get_one(Amendment, (ids[0], 2)))
        db.session.commit()

    told = at_once(fresh_app, deeds_of(case, ids, people, command))

    with fresh_app.app_context():
        contract = db.session.get_one(Contract, ids[0])
        found = db.session.scalars(select(Amendment)).all()
        assert len(found) == 1
        signed_now = found[0].state is AmendmentState.SIGNED
        assert contract.current_version == (2 if signed_now else 1)
        assert told.count("done") == (2 if case == "both sign" else 1)
        assert signed_now or case != "both sign"
        assert broken(db.session()) == []


def deeds_of(case, ids, people, command):
    def propose(who):
        return lambda session: propose_amendment(
            session, who, ids[1], command, today=TODAY, now=NOW
        )

    def sign(who):
        return lambda session: signed(
            session, who, session.get_one(Amendment, (ids[0], 2))
        )

    if case == "two propose":
        return [propose(who) for who in people]
    if case == "both sign":
        return [sign(who) for who in people]
    refuse = lambda session: refuse_amendment(  # noqa: E731
        session, people[1], ids[1], 2, "Cao quá", now=NOW
    )
    return [sign(people[1]), refuse]
