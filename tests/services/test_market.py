"""The public board: what is shown, to whom, in which order, and never a limit."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from marketplace.domain.errors import NotFound
from marketplace.domain.text import fold
from marketplace.domain.words import (
    CertificateScheme,
    HarvestState,
    Market,
    OfferState,
    ProposalState,
)
from marketplace.services.contracts import draw_contract
from marketplace.services.market import (
    find_harvests,
    find_offers,
    products_on_board,
    public_harvest,
    public_offer,
)
from marketplace.services.market_figures import dekad_chart, market_figures
from marketplace.services.market_filters import BoardFilter
from marketplace.services.prices import offered_price, week_band
from marketplace.services.search import search_all
from tests.factories import NOW, TODAY

FLOOR, CEILING = 13_571, 17_393  # canaries: no card may hold them


def named(make, name, **over):
    return make.organisation(
        name=name, name_folded=fold(name), skeleton=fold(name), **over
    )


def harvests(session, wanted=None, **over):
    found, total = find_harvests(session, wanted or BoardFilter(), today=TODAY, **over)
    return [card.public_id for card in found], total


def offers(session, wanted=None, **over):
    found, total = find_offers(session, wanted or BoardFilter(), today=TODAY, **over)
    return [card.public_id for card in found], total


def test_only_what_is_open_verified_and_left_is_shown(session, make):
    shown = make.harvest()
    make.harvest(make.organisation(verified=False))
    make.harvest(state=HarvestState.DRAFT)
    make.harvest(promised_kg=60_000)
    make.harvest(over_promised=True)
    make.harvest(window_start=TODAY - timedelta(30), window_end=TODAY - timedelta(1))

    assert harvests(session) == ([shown.public_id], 1)


def test_only_open_offers_with_something_left_are_shown(session, make):
    shown = make.offer()
    make.offer(make.buyer(verified=False))
    make.offer(state=OfferState.PAUSED)
    make.offer(state=OfferState.DRAFT)
    make.offer(answer_by=TODAY - timedelta(1))
    make.offer(tranches=((TODAY - timedelta(1), 5_000),))
    done = make.offer()
    done.tranches[0].promised_kg = done.tranches[0].kg
    dropped = make.offer()
    dropped.tranches[0].dropped = True
    session.flush()

    assert offers(session) == ([shown.public_id], 1)


def test_harvests_come_by_window_and_in_pages(session, make):
    rows = [
        make.harvest(window_start=date(2026, 7, day), window_end=date(2026, 8, 31))
        for day in range(25, 0, -1)
    ]
    expected = [row.public_id for row in reversed(rows)]

    first, total = harvests(session)
    second, _ = harvests(session, page=2)
    beyond, _ = harvests(session, page=99)

    assert total == 25
    assert first + second == expected
    assert len(first) == 20
    assert beyond == second
    assert len(harvests(session, size=1_000)[0]) == 20


def test_offers_come_by_their_first_delivery(session, make):
    late = make.offer(tranches=((date(2026, 9, 1), 1_000),))
    early = make.offer(tranches=((date(2026, 12, 1), 1_000), (date(2026, 8, 1), 1_000)))

    assert offers(session)[0] == [early.public_id, late.public_id]


@pytest.mark.parametrize(
    "text",
    [
        "toan thang",
        "TOÀN THẮNG",
        "nhãn toàn",
        "longan thang",
        "chieng khoong",
        "  nhan  ",
    ],
)
def test_search_forgives_marks_case_and_language(session, make, text):
    shown = make.harvest(named(make, "HTX Toàn Thắng"))
    make.harvest(
        named(make, "HTX Bảo Minh"),
        product="mango",
        unit_id=make.commune("Mường Hung").id,
    )

    assert harvests(session, BoardFilter(text=text)) == ([shown.public_id], 1)


@pytest.mark.parametrize("text", ["bao minh", "xoài", "100%", "_", "nhãn bảo"])
def test_search_finds_nothing_else(session, make, text):
    make.harvest(named(make, "HTX Toàn Thắng"))

    assert harvests(session, BoardFilter(text=text)) == ([], 0)


def test_a_former_commune_finds_what_lies_in_todays(session, make):
    new = make.commune("Sông Mã")
    shown = make.harvest(named(make, "HTX Một", unit_id=new.id))
    make.harvest(named(make, "HTX Hai"))

    assert harvests(session, BoardFilter(text="na nghiu"))[0] == [shown.public_id]
    assert harvests(session, BoardFilter(commune=new.gso_code))[0] == [shown.public_id]
    assert harvests(session, BoardFilter(commune="00000")) == ([], 0)


def test_a_post_of_a_former_commune_is_found_by_todays(session, make):
    old = make.commune("Nà Nghịu", on=date(2025, 1, 1))
    shown = make.harvest(named(make, "HTX Một", unit_id=old.id), unit_id=old.id)
    code = make.commune("Sông Mã").gso_code

    assert harvests(session, BoardFilter(commune=code))[0] == [shown.public_id]


def test_filters_narrow_by_product_month_certificate_and_code(session, make):
    cooperative = make.organisation()
    papers = [
        make.certificate(cooperative),
        make.code(make.area(cooperative), Market.US),
    ]
    shown = make.harvest(cooperative, papers=papers)
    late = make.certificate(cooperative, expires_on=TODAY - timedelta(1))
    make.harvest(
        cooperative,
        papers=[late, make.certificate(cooperative, verified=False)],
        window_start=date(2026, 9, 5),
        window_end=date(2026, 9, 20),
    )
    make.harvest(product="mango")

    for wanted in (
        BoardFilter(product="longan", month=date(2026, 7, 1)),
        BoardFilter(scheme=CertificateScheme.VIETGAP),
        BoardFilter(market=Market.US),
    ):
        assert harvests(session, wanted) == ([shown.public_id], 1)
    assert harvests(session, BoardFilter(market=Market.CN)) == ([], 0)


def test_offers_are_filtered_by_product_month_market_and_text(session, make):
    shown = make.offer(named(make, "Siêu thị Sao Xanh"), market=Market.CN)
    make.offer(product="mango", tranches=((date(2026, 6, 1), 1_000),))

    for wanted in (
        BoardFilter(product="longan"),
        BoardFilter(month=date(2026, 8, 1)),
        BoardFilter(market=Market.CN),
        BoardFilter(text="sao xanh"),
    ):
        assert offers(session, wanted) == ([shown.public_id], 1)


def test_cards_hold_no_limit_of_anybody(session, make):
    make.harvest(floor_price_vnd=FLOOR)
    make.offer(ceiling_price_vnd=CEILING)

    harvest = find_harvests(session, BoardFilter(), today=TODAY)[0][0]
    offer = find_offers(session, BoardFilter(), today=TODAY)[0][0]

    assert (harvest.price_vnd, offer.prices_vnd) == (None, None)
    for card in (harvest, offer):
        assert str(FLOOR) not in repr(card)
        assert str(CEILING) not in repr(card)


def test_a_price_is_shown_where_its_owner_chose_to(session, make):
    harvest = make.harvest(asking_price_vnd=16_000)
    offer = make.offer(show_price=True, ceiling_price_vnd=15_500)

    assert public_harvest(session, harvest.public_id, today=TODAY).price_vnd == 16_000
    card = public_offer(session, offer.public_id, today=TODAY)
    assert card.prices_vnd == (15_500, 15_500)


def test_what_is_not_on_the_market_is_not_found(session, make):
    hidden = make.harvest(state=HarvestState.WITHDRAWN)
    paused = make.offer(state=OfferState.PAUSED)

    with pytest.raises(NotFound):
        public_harvest(session, hidden.public_id, today=TODAY)
    with pytest.raises(NotFound):
        public_offer(session, paused.public_id, today=TODAY)


def test_a_card_shows_each_counting_paper_once(session, make):
    cooperative = make.organisation()
    twice = [make.certificate(cooperative), make.certificate(cooperative)]
    gone = make.certificate(cooperative, expires_on=TODAY - timedelta(1))
    harvest = make.harvest(cooperative, papers=[*twice, gone], grades=((1, 1000),))

    card = public_harvest(session, harvest.public_id, today=TODAY)

    assert [one.scheme for one in card.papers] == [CertificateScheme.VIETGAP]
    assert (card.only_grade, card.left_kg) == (1, 60_000)


def test_products_are_counted_on_both_sides(session, make):
    make.harvest()
    make.offer()
    make.offer(product="mango")

    found = [(one.code, n) for one, n in products_on_board(session, today=TODAY)]

    assert found == [("longan", 2), ("mango", 1)]


def test_the_band_is_that_of_the_latest_week_known(session, make):
    longan = make.product().id
    make.quote(10_000, 12_000, day=TODAY - timedelta(7))
    make.quote(13_000, 16_000)
    make.quote(14_000, 17_000, market="farm_gate")
    make.quote(1, 2, day=TODAY + timedelta(7))

    band = week_band(session, longan, TODAY)

    assert band is not None
    assert (band.week, band.low_vnd, band.high_vnd) == (TODAY, 13_500, 16_500)
    assert week_band(session, longan, TODAY - timedelta(1)).low_vnd == 10_000
    assert week_band(session, longan, TODAY + timedelta(60)) is None
    assert week_band(session, make.product("mango").id, TODAY) is None


def test_a_market_says_of_a_week_what_it_said_last_of_any_grade(session, make):
    longan, wednesday = make.product().id, TODAY + timedelta(2)
    make.quote(13_000, 16_000)
    make.quote(15_000, 18_000, day=wednesday)
    make.quote(20_000, 25_000, day=wednesday, grade_rank=1)
    make.quote(11_000, 12_000, market="farm_gate", grade_rank=1)
    make.quote(9_000, 10_000, market="farm_gate", grade_rank=2)

    band = week_band(session, longan, TODAY + timedelta(3))

    # 15,000 to 18,000 at one market, 10,000 to 11,000 at the other.
    assert (band.low_vnd, band.high_vnd) == (12_500, 14_500)
    assert band.week == TODAY


@pytest.mark.parametrize(
    ("buyers", "each", "told"),
    [(5, 2, True), (5, 1, True), (4, 1, False), (4, 3, False)],
)
def test_offered_prices_are_told_only_from_many(session, make, buyers, each, told):
    for number in range(buyers):
        buyer = make.buyer()
        for _ in range(each):
            make.offer(buyer, ceiling_price_vnd=13_100 + 2_000 * number)

    found = offered_price(session, make.product().id, today=TODAY)

    assert (found is not None) is told
    if found:
        assert (found.offers, found.buyers) == (5 * each, 5)
        assert found.middle_vnd == 17_000  # near 17.1, the mean of 15.1, 17.1, 19.1


def test_supply_and_demand_are_spread_over_their_days(session, make):
    make.harvest(
        likely_kg=30_000,
        window_start=date(2026, 8, 1),
        window_end=date(2026, 8, 20),
        promised_kg=10_000,
    )
    make.offer(tranches=((date(2026, 8, 12), 14_000), (date(2026, 9, 3), 4_000)))

    found = dekad_chart(session, today=TODAY)

    assert found is not None
    assert [(d.code, has, wants) for d, has, wants in found.rows[:4]] == [
        ("2026-08-1", 10_000, 0),
        ("2026-08-2", 10_000, 14_000),
        ("2026-08-3", 0, 0),
        ("2026-09-1", 0, 4_000),
    ]
    assert (found.harvests, found.offers) == (1, 1)
    assert found.largest_surplus[1] == 10_000
    assert found.largest_gap[1] == 4_000


def test_an_empty_market_has_no_chart(session, make):
    assert dekad_chart(session, today=TODAY) is None
    assert dekad_chart(session, today=TODAY, product_code="durian") is None
    empty = dekad_chart(session, today=TODAY, product_code="longan")
    assert empty is not None
    assert empty.rows == ()
    assert (empty.largest_gap, empty.largest_surplus) == (None, None)


def test_figures_count_and_name_what_was_declared(session, make):
    cooperative = make.organisation(official_members=17)
    make.certificate(cooperative, area_ha=Decimal("12.5"), output_kg_per_year=90_000)
    make.code(make.area(cooperative, area_ha=Decimal(6)), Market.AU)

    figures = market_figures(session, TODAY)

    assert figures["cooperatives"].counted == 1
    assert figures["cooperatives"].latest.value == "75"
    assert figures["members"].counted == 17
    assert figures["vietgap_area"].counted == Decimal("12.5")
    assert figures["export_codes_AU"].counted == 1
    assert figures["vietgap_certified_area"].counted is None
    values = [one.value for one in figures["safe_supply"].declared]
    assert values == ["31", "47"]  # the province's own numbers stay out


def test_search_covers_what_the_asker_may_see(session, make):
    cooperative = named(make, "HTX Toàn Thắng")
    waiting = named(make, "HTX Toàn Thắng Hai", verified=False)
    make.harvest(cooperative)
    make.offer(cooperative)
    make.harvest(waiting)

    found = search_all(session, make.member(), "toan thang", today=TODAY)

    assert [one.name for one in found.organisations] == ["HTX Toàn Thắng"]
    assert (found.harvests_total, found.offers_total) == (1, 1)
    assert not found.is_empty
    assert search_all(session, None, "   ", today=TODAY).is_empty


def test_contracts_are_found_by_their_parties_alone(session, make):
    proposal = make.proposal(make.harvest(), make.offer())
    proposal.state, proposal.agreed_at = ProposalState.AGREED, NOW
    contract = draw_contract(session, proposal, proposal.terms[0], today=TODAY, now=NOW)
    for who, number in (
        (make.member(contract.seller), 1),
        (make.member(contract.buyer), 1),
        (make.member(), 0),
        (None, 0),
    ):
        found = search_all(session, who, contract.number, today=TODAY)

        assert len(found.contracts) == number
