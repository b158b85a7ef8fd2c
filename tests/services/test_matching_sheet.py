"""A shard solved on columns is the same shard as the one solved on rows."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from marketplace.domain.words import (
    CertificateScheme,
    Market,
    PaperState,
    ProposalState,
    Side,
)
from marketplace.matching import check_allocations, solve
from marketplace.matching.result import Allocation
from marketplace.services import matching, matching_leftover, matching_told
from marketplace.services.matching import run_matching
from marketplace.services.matching_leftover import (
    unmatched_of_harvest,
    unmatched_of_offer,
)
from marketplace.services.matching_rows import Rows
from marketplace.services.matching_sheet import Sheet
from marketplace.services.matching_told import tell_reasons
from marketplace.services.proposals import accept_terms
from models.matching import LotPrice, NeedPrice, Unmatched
from models.offers import OfferVariety
from models.proposals import Proposal
from models.reference import Product
from tests.factories import NOW, TODAY

DAY = date(2026, 7, 28)


def a_market(make, dice):
    """Grades, varieties, papers that lapse, two products, parties on both sides."""
    sellers = [make.organisation(latitude=20.5 + n / 3) for n in range(4)]
    branch = make.buyer(tax_code=f"{sellers[1].tax_code}-001")
    buyers = [make.buyer(), make.buyer(tax_code=None), branch, sellers[0]]
    for _ in range(14):
        seller = dice.choice(sellers)
        product = dice.choice(["longan", "mango"])
        make.harvest(
            seller,
            product=product,
            likely_kg=dice.randrange(3, 40) * 1000 + dice.randrange(7),
            floor_price_vnd=dice.randrange(10, 15) * 1000 + dice.randrange(900),
            smallest_lot_kg=dice.choice([0, 500, 2000]),
            grades=dice.choice(
                [((1, 1000),), ((1, 333), (2, 667)), ((1, 200), (2, 300), (3, 500)), ()]
            ),
            variety_id=make.variety(product).id if dice.random() < 0.5 else None,
            papers=[
                a_paper(make, seller, product, dice) for _ in range(dice.randrange(3))
            ],
            window_start=DAY - timedelta(days=dice.randrange(20)),
        )
    for _ in range(9):
        product = dice.choice(["longan", "mango"])
        offer = make.offer(
            dice.choice(buyers),
            product=product,
            tranches=[
                (DAY + timedelta(days=7 * n), dice.randrange(2, 15) * 1000 + 3)
                for n in range(dice.randrange(1, 4))
            ],
            ceiling_price_vnd=dice.randrange(13, 18) * 1000 + dice.randrange(900),
            least_grade=dice.choice([0, 0, 1, 2]),
            most_suppliers=dice.choice([0, 0, 1, 2]),
            smallest_lot_kg=dice.choice([0, 1000]),
            schemes=dice.choice([(), (CertificateScheme.VIETGAP,)]),
            codes_for=dice.choice([(), (), (Market.CN,)]),
        )
        if dice.random() < 0.3:
            variety = make.variety(product).id
            make.session.add(OfferVariety(offer_id=offer.id, variety_id=variety))
    make.session.flush()


def a_paper(make, seller, product, dice):
    ends = DAY + timedelta(days=dice.randrange(-10, 40))
    if dice.random() < 0.3:
        return make.code(make.area(seller, product_id=make.product(product).id))
    stopped = dice.random() < 0.2
    return make.certificate(
        seller,
        expires_on=ends,
        product_id=make.product(product).id if dice.random() < 0.5 else None,
        state=PaperState.SUSPENDED if stopped else PaperState.ACTIVE,
        ended_on=DAY - timedelta(days=2) if stopped else None,
    )


def products(session):
    return list(session.scalars(select(Product.id).order_by(Product.id)))


@pytest.fixture(params=range(4))
def readings(request, session, make):
    """The same market, read as rows and as columns."""
    a_market(make, random.Random(request.param))
    everything = products(session)
    return [kind.read(session, everything, today=TODAY) for kind in (Rows, Sheet)]


def test_both_see_the_same_lots_and_needs(readings):
    rows, sheet = readings

    lots = rows.snapshot.market.lots
    needs = sorted(rows.snapshot.market.needs, key=lambda need: need.id)
    assert sheet.supply.rows["id"].tolist() == [lot.id for lot in lots]
    assert sheet.supply.left.tolist() == [lot.kg for lot in lots]
    assert sheet.supply.promised.tolist() == [lot.promised_before_kg for lot in lots]
    assert sheet.demand.rows["id"].tolist() == [need.id for need in needs]
    assert sheet.demand.left.tolist() == [need.kg for need in needs]
    assert sheet.demand.requires.tolist() == [need.requires for need in needs]
    assert [float(one) for one in sheet.supply.rows["lat"]] == [one.lat for one in lots]
    assert [float(one) for one in sheet.demand.rows["lon"]] == [
        one.lon for one in needs
    ]


def test_both_know_what_posts_say(readings):
    rows, sheet = readings

    for harvest, post in rows.snapshot.lots.items():
        assert sheet.said.lot_digest(harvest) == post.digest
    for offer, post in rows.snapshot.offers.items():
        assert sheet.said.offer_digest(offer) == post.digest


def test_both_price_the_same_rows(readings):
    rows, sheet = (reading.solve() for reading in readings)

    for a, b in (
        (rows.lot_prices, sheet.lot_prices),
        (rows.need_prices, sheet.need_prices),
    ):
        told = [sorted(map(_without_price, one.tolist())) for one in (a, b)]
        assert told[0] == told[1]


def _without_price(row):
    return (*row[:8], row[9], *(round(axis, 9) for axis in row[-3:]))


def test_both_propose_what_is_legal_and_equally_good(readings):
    market = readings[0].snapshot.market
    best, found = solve(market), readings[1].solve()

    allocations = [
        Allocation(
            plan.harvest_id,
            line.tranche_id,
            line.kg,
            plan.bid.price_vnd,
            plan.transport_vnd,
            line.deliver_from.toordinal(),
        )
        for plan in found.plans.values()
        for line in plan.bid.lines
    ]
    check_allocations(market, allocations)
    surplus = sum(
        a.kg
        * (market.need[a.need].bid_vnd - market.lot[a.lot].ask_vnd - a.transport_vnd)
        for a in allocations
    )
    assert surplus == found.counts["surplus_vnd"] <= best.bound_vnd
    assert found.counts["bound_vnd"] >= best.surplus_vnd
    kg = sum(row.kg for row in (*market.lots, *market.needs))
    left = {row[0]: row[8] for row in found.lot_prices}
    left |= {-row[0]: row[8] for row in found.need_prices}
    assert sum(left.values()) == kg - 2 * found.counts["matched_kg"]


def test_plans_of_the_same_pair_say_the_same(readings):
    rows, sheet = (reading.solve() for reading in readings)

    for pair in rows.plans.keys() & sheet.plans.keys():
        a, b = rows.plans[pair], sheet.plans[pair]
        assert a.posts_digest() == b.posts_digest()
        assert (a.seller_id, a.buyer_id, a.answer_by) == (
            b.seller_id,
            b.buyer_id,
            b.answer_by,
        )
        assert (a.transport_vnd, a.distance_km) == (b.transport_vnd, b.distance_km)
        ends = [
            {line.tranche_id: line.deliver_to for line in p.bid.lines} for p in (a, b)
        ]
        assert all(ends[0][one] == ends[1][one] for one in ends[0].keys() & ends[1])


def test_what_changes_the_market_changes_the_digest(session, make):
    harvest, offer = make.harvest(), make.offer(tranches=[(DAY, 12_000)])
    everything = products(session)
    seen = [Sheet.read(session, everything, today=TODAY).digest]
    for row, name, value in (
        (harvest, "floor_price_vnd", 13_000),
        (harvest, "promised_kg", 1_000),
        (harvest, "smallest_lot_kg", 500),
        (offer.tranches[0], "ceiling_price_vnd", 16_000),
        (offer.tranches[0], "window_end", DAY + timedelta(days=1)),
        (offer, "most_suppliers", 3),
    ):
        setattr(row, name, value)
        session.flush()
        seen.append(Sheet.read(session, everything, today=TODAY).digest)

    assert len(set(seen)) == len(seen)


@pytest.fixture
def columns_only(monkeypatch):
    monkeypatch.setattr(matching, "FEW", 0)


@pytest.mark.usefixtures("columns_only")
def test_a_run_on_columns_stores_what_a_run_on_rows_keeps(session, make, monkeypatch):
    make.harvest(likely_kg=9_000)
    make.harvest(product="mango")
    make.offer(tranches=[(DAY, 12_000), (DAY + timedelta(days=7), 70_000)])
    make.offer(product="mango", tranches=[(DAY, 5_000)])
    first = run_matching(session, today=TODAY, now=NOW)
    monkeypatch.setattr(matching, "FEW", 1_000)

    second = run_matching(session, today=TODAY, now=NOW + timedelta(minutes=1))

    assert first.proposals_new == second.proposals_kept == 2
    assert second.proposals_new == 0
    assert first.surplus_vnd == second.surplus_vnd
    assert len(session.scalars(select(LotPrice)).all()) == 2
    assert len(session.scalars(select(NeedPrice)).all()) == 3


@pytest.mark.usefixtures("columns_only")
def test_a_no_stays_a_no_on_columns(session, make):
    harvest, _ = make.harvest(), make.offer(tranches=[(DAY, 12_000)])
    run_matching(session, today=TODAY, now=NOW)
    declined = session.scalars(select(Proposal)).one()
    declined.state, declined.declined_by = ProposalState.DECLINED, Side.BUYER
    run_matching(session, today=TODAY, now=NOW)
    after_a_no = len(session.scalars(select(Proposal)).all())
    harvest.floor_price_vnd -= 500

    run_matching(session, today=TODAY, now=NOW)

    assert after_a_no == 1
    assert len(session.scalars(select(Proposal)).all()) == 2


def test_reasons_are_the_same_told_late(session, make, monkeypatch):
    seller = make.organisation()
    paper = make.certificate(seller, expires_on=DAY)
    make.harvest(seller, papers=[paper], likely_kg=9_000)
    make.harvest(seller, product="mango")
    make.harvest(floor_price_vnd=90_000)
    make.harvest(window_start=date(2027, 7, 1), window_end=date(2027, 8, 1))
    make.offer(
        tranches=[(DAY, 12_000), (DAY + timedelta(days=7), 7_000)],
        schemes=[CertificateScheme.VIETGAP],
    )
    run_matching(session, today=TODAY, now=NOW)
    proposal = session.scalars(select(Proposal)).one()
    early = {row["code"]: row for row in proposal.reasons}
    set_committed_value(proposal, "reasons", [])
    monkeypatch.setattr(matching_told, "db_now", lambda _session: NOW)

    tell_reasons(session, [proposal], others=True)

    late = {row["code"]: row for row in proposal.reasons}
    others = early.pop("others"), late.pop("others")
    assert early == late
    assert [one["seller"]["compared"] for one in others] == [1, 1]
    assert [one["buyer"]["compared"] for one in others] == [3, 3]
    assert others[1]["buyer"]["lost"] == {"window": 1, "papers": 1}
    assert not session.dirty


@pytest.mark.usefixtures("columns_only")
def test_who_answers_keeps_the_reasons(session, make, monkeypatch):
    monkeypatch.setattr(matching_told, "db_now", lambda _session: NOW)
    harvest, _ = make.harvest(), make.offer(tranches=[(DAY, 12_000)])
    run_matching(session, today=TODAY, now=NOW)
    proposal = session.scalars(select(Proposal)).one()

    accept_terms(
        session,
        make.member(harvest.organisation),
        proposal.public_id,
        0,
        today=TODAY,
        now=NOW,
    )

    session.expire_all()
    assert proposal.state is ProposalState.NEGOTIATING
    assert {row["code"] for row in proposal.reasons} >= {"price", "papers", "others"}


@pytest.mark.usefixtures("columns_only")
def test_what_would_help_is_told_late_too(session, make, monkeypatch):
    monkeypatch.setattr(matching_leftover, "db_now", lambda _session: NOW)
    seller = make.organisation()
    paper = make.certificate(seller, expires_on=date(2026, 7, 27))
    harvest = make.harvest(seller, papers=[paper])
    offer = make.offer(tranches=[(DAY, 12_000)], schemes=[CertificateScheme.VIETGAP])

    run_matching(session, today=TODAY, now=NOW)

    left = unmatched_of_harvest(session, harvest.id)
    assert (left.left_kg, left.rule, left.considered) == (60_000, "papers", 1)
    assert (left.advice[0]["names"], left.advice[0]["kg"]) == (["VIETGAP"], 12_000)
    (_, short), *others = unmatched_of_offer(session, offer.id)
    assert not others
    assert (short.left_kg, short.rule, short.considered) == (12_000, "papers", 1)
    assert (short.advice[0]["names"], short.advice[0]["kg"]) == (["VIETGAP"], 12_000)
    assert session.scalars(select(Unmatched)).all() == []
