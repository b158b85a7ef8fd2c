"""Two sides bind several seasons before they sign, and go on season by season."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.domain.authenticity import RecordKind, Standing
from marketplace.domain.deliveries import DeliveryWord
from marketplace.domain.errors import Conflict, NotFound, Refused
from marketplace.domain.renewals import PlanLine, year_after
from marketplace.domain.season_plans import plan_ahead
from marketplace.domain.words import ContractState, NoticeKind, PriceMode, Side
from marketplace.domain.words_seasons import SeasonPlanState
from marketplace.services.alert_facts import read_signs
from marketplace.services.authenticity import find_genuine
from marketplace.services.contract_content import content_of
from marketplace.services.contract_endings import withdraw_contract
from marketplace.services.deliveries import say_of_delivery
from marketplace.services.fulfilling import fulfil_if_done
from marketplace.services.invariants import find_violations
from marketplace.services.renewal_posts import next_plan
from marketplace.services.renewal_standing import Phase, standing_of
from marketplace.services.renewal_telling import due_renewals
from marketplace.services.season_answers import (
    refuse_seasons,
    withdraw_seasons,
)
from marketplace.services.season_plans import (
    open_plan,
)
from marketplace.services.signing import current_version
from marketplace.services.statements import statement_of
from models.notices import Notice
from tests.amending import amended, moved
from tests.deals import Deals
from tests.factories import NOW, TODAY
from tests.seasons import Seasons

A_YEAR = timedelta(days=365)


@pytest.fixture
def both(session, make):
    return Seasons(session, make)


def broken(session):
    """What contradicts the rules; the answers before the contract are not told here."""
    found = find_violations(session)
    return [one for one in found if one.rule != "both sides accepted what is agreed"]


def kinds(session, who):
    wanted = select(Notice.kind).where(Notice.user_id == who.user_id)
    return list(session.scalars(wanted))


def test_both_agree_on_three_seasons_and_sign_one_text(session, both):
    first_kg = both.contract.total_kg
    end = both.contract.effective_to
    promised = both.contract.harvest.promised_kg

    contract = both.in_force()

    content = content_of(current_version(session, contract))
    assert contract.state is ContractState.IN_FORCE
    assert contract.seasons_covered == 3
    assert contract.total_kg == 3 * first_kg
    assert contract.effective_to == year_after(end, 2)
    assert contract.harvest.promised_kg == promised
    assert [row["kg"] for row in content["seasons"]] == [first_kg] * 3
    assert sum(row["kg"] for row in content["delivery"]["tranches"]) == 3 * first_kg
    assert "3 vụ" in content["clauses"]["quantity"]["legal_vi"]
    assert "keep this price rule" in content["clauses"]["price"]["legal_en"]
    assert broken(session) == []


def test_each_side_hears_what_the_other_did(session, both):
    both.propose()
    assert NoticeKind.SEASONS_PROPOSED in kinds(session, both.buyer)

    both.agree()

    assert NoticeKind.SEASONS_ANSWERED in kinds(session, both.seller)


def test_nobody_signs_while_a_plan_waits(session, both):
    both.propose()

    with pytest.raises(Refused, match="Trả lời đề nghị"):
        both.sign(both.seller)

    withdraw_seasons(session, both.seller, both.contract.public_id, now=NOW)
    both.sign(both.seller)
    with pytest.raises(Refused, match="Đã có bên ký"):
        both.propose()


def test_a_refusal_leaves_the_contract_as_it_was(session, both):
    digest = current_version(session, both.contract).digest
    plan = both.propose()
    with pytest.raises(Refused, match="Nói rõ"):
        refuse_seasons(session, both.buyer, both.contract.public_id, " ", now=NOW)

    refuse_seasons(session, both.buyer, both.contract.public_id, "Xa quá", now=NOW)

    assert plan.state is SeasonPlanState.REFUSED
    assert both.contract.state is ContractState.PROPOSED
    assert current_version(session, both.contract).digest == digest
    assert open_plan(session, both.contract) is None
    assert both.propose().number == 2


def test_nobody_answers_themselves_and_a_stranger_finds_nothing(session, make, both):
    both.propose()
    stranger = make.member(make.organisation())

    both.buyer, other = both.seller, both.buyer
    with pytest.raises(Refused, match="của bên kia"):
        both.agree()
    both.buyer = other
    with pytest.raises(Refused, match="của bên kia"):
        withdraw_seasons(session, both.buyer, both.contract.public_id, now=NOW)
    with pytest.raises(NotFound):
        both.propose(stranger)


def test_what_changed_since_it_was_read_is_not_proposed_upon(both):
    with pytest.raises(Conflict):
        both.propose(digest="0" * 64)


@pytest.mark.parametrize("days", [-150, 150])
def test_a_delivery_outside_its_season_is_refused(both, days):
    lines = [
        PlanLine(one.first_day + timedelta(days), one.last_day + timedelta(days), 900)
        for one in plan_ahead(both.first, 2)
    ]

    with pytest.raises(Refused):
        both.propose(seasons=2, lines=(*plan_ahead(both.first, 2), *lines))


@pytest.mark.parametrize("seasons", [1, 11])
def test_a_contract_binds_two_to_ten_seasons(both, seasons):
    with pytest.raises(Refused, match="từ 2 đến 10"):
        both.propose(seasons=seasons)


def test_a_second_agreement_takes_the_place_of_the_first(session, both):
    both.propose()
    both.agree()

    both.propose(seasons=2)
    both.agree()

    assert both.contract.seasons_covered == 2
    assert both.contract.current_version == 3
    assert len({line.season for line in both.contract.lines}) == 2
    for who in (both.seller, both.buyer):
        both.sign(who)
    assert broken(session) == []


@pytest.mark.parametrize("keeps", [True, False])
def test_a_fixed_price_holds_on_only_where_both_keep_it(session, make, both, keeps):
    contract = both.in_force(keeps_price=keeps)
    line = next(one for one in contract.lines if one.season)
    at = NOW + (line.deliver_from - TODAY)
    make.quote(20_000, 20_000, day=line.deliver_from)

    both.loaded(line.number, 1_000, at)

    statement = statement_of(session, contract, today=at.date())
    price = contract.price_vnd if keeps else 20_000
    assert statement.totals.priced_vnd == 1_000 * price
    signs = read_signs(session, contract, today=line.deliver_from)
    assert signs.price_mode is (PriceMode.FIXED if keeps else PriceMode.MARKET)


def test_one_season_takes_no_more_than_its_own_kilograms(both):
    contract = both.in_force()
    first, most = contract.lines[0], contract.total_kg // 3 * 105 // 100
    at = NOW + (first.deliver_from - TODAY)
    both.loaded(1, most, at)

    with pytest.raises(Refused, match="Vượt hợp đồng"):
        both.loaded(1, 100, at)

    later = next(one for one in contract.lines if one.season)
    both.loaded(later.number, 100, NOW + (later.deliver_from - TODAY))


def test_early_warning_looks_at_the_season_that_runs(session, both):
    contract = both.in_force()
    later = [one for one in contract.lines if one.season]

    now = read_signs(session, contract, today=contract.lines[0].deliver_from)
    next_year = read_signs(session, contract, today=later[0].deliver_from)

    assert [one.last_day for one in now.deliveries] == [
        one.deliver_to for one in contract.lines if not one.season
    ]
    assert [one.last_day for one in next_year.deliveries] == [
        one.deliver_to for one in later if one.season == later[0].season
    ]


def test_a_delivery_does_not_move_out_of_its_season(session, both):
    contract = both.in_force()
    day = contract.lines[0].deliver_from + A_YEAR

    with pytest.raises(Refused, match="ngoài thời hạn"):
        say_of_delivery(
            session,
            both.seller,
            contract.public_id,
            1,
            DeliveryWord.PROPOSE_DAY,
            now=NOW,
            today=TODAY,
            day=day,
        )


def test_it_is_fulfilled_and_renewed_after_its_last_season_only(session, both):
    contract = both.in_force()
    first = contract.lines[0]
    at = NOW + (first.deliver_from - TODAY)
    both.loaded(1, first.kg, at)
    end = first.deliver_to + timedelta(days=60)

    assert not fulfil_if_done(session, contract, today=end, now=at + timedelta(days=60))
    assert contract not in due_renewals(session, both.seller, today=end)
    standing = standing_of(session, both.seller, contract, today=end)
    assert standing.phase is Phase.NOT_NOW
    last = contract.effective_to - timedelta(days=5)
    assert contract in due_renewals(session, both.seller, today=last)
    plan = next_plan(contract, last)
    assert sum(line.kg for line in plan) == contract.total_kg // 3
    assert plan[0].first_day == year_after(contract.lines[-1].deliver_from)


def test_what_falls_away_gives_the_harvest_its_own_season_back(session, both):
    both.propose()
    both.agree()
    harvest = both.contract.harvest

    withdraw_contract(session, both.buyer, both.contract.public_id, "Thôi", now=NOW)

    assert harvest.promised_kg == 0
    assert broken(session) == []


def test_words_drawn_anew_leave_the_first_ones_void(session, both):
    before = current_version(session, both.contract)
    both.propose()
    both.agree()

    old = find_genuine(session, before.digest)
    new = find_genuine(session, current_version(session, both.contract).digest)

    assert (old.kind, old.standing) == (RecordKind.CONTRACT, Standing.VOID)
    assert new.kind is RecordKind.CONTRACT
    assert new.standing is not Standing.VOID


def test_an_amendment_changes_a_later_season_within_its_days(session, both):
    contract = both.in_force()
    sides = {Side.SELLER: both.seller, Side.BUYER: both.buyer}
    later = next(one for one in contract.lines if one.season)
    season, more = later.season, later.kg + 1_000
    promised = contract.harvest.promised_kg

    amended(
        session, sides, contract, deliveries=(moved(contract, later.number, kg=more),)
    )

    content = content_of(current_version(session, contract))
    line = next(one for one in contract.lines if one.number == later.number)
    row = next(one for one in content["seasons"] if one["season"] == season)
    assert (line.kg, line.season) == (more, season)
    assert row["kg"] == sum(o.kg for o in contract.lines if o.season == season)
    assert contract.harvest.promised_kg == promised
    assert broken(session) == []
    day = later.deliver_from + timedelta(days=150)
    with pytest.raises(Refused, match="ngoài vụ"):
        amended(
            session,
            sides,
            contract,
            1,
            deliveries=(moved(contract, later.number, first_day=day, last_day=day),),
        )


def test_a_long_contract_beside_another_breaks_no_rule(session, make, both):
    both.in_force()
    Deals(session, make).in_force()

    assert broken(session) == []


def test_a_contract_of_one_season_says_nothing_of_seasons(session, make):
    contract = Deals(session, make).in_force()

    content = content_of(current_version(session, contract))

    assert "seasons" not in content
    assert "season" not in content["delivery"]["tranches"][0]
