"""What would be lost if a paper lapsed, and who is reminded of it when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from marketplace.domain.words import CertificateScheme, NoticeKind, PaperState
from marketplace.services.notice_params import shown_params
from marketplace.services.notice_words import said_of
from marketplace.services.paper_expiries import (
    ending_papers_of,
    expiries_in_scope,
    last_reminders,
    sort_expiries,
    with_stakes,
)
from marketplace.services.paper_queue import Sieve
from marketplace.services.paper_reminders import papers_to_remind, remind
from marketplace.services.paper_renewals import key_of
from marketplace.services.paper_stakes import all_stakes, stakes_of, visible_stakes
from models.harvests import HarvestPaper
from models.notices import Letter, Notice
from models.offers import OfferRequirement
from models.paper_records import PaperReminder
from models.papers import Certificate
from tests import paper_rows
from tests.chain_rows import Chains
from tests.deals import Deals
from tests.factories import NOW, TODAY
from tests.queries import counted

SOON = TODAY + timedelta(days=20)


@pytest.fixture
def deal(session, make):
    """A contract in force whose harvest rests on a paper that ends in 20 days."""
    contract = Deals(session, make).in_force()
    paper = make.certificate(contract.seller, expires_on=SOON)
    cover(session, contract.harvest, paper)
    return contract, paper


def cover(session, harvest, paper):
    session.add(HarvestPaper(harvest_id=harvest.id, certificate_id=paper.id))
    session.flush()


def run_night(session, day):
    """All reminders of a night, as the job sends them."""
    keys = papers_to_remind(session, today=day)
    return sum(remind(session, key, today=day, now=NOW) for key in keys)


def test_a_contract_is_at_stake_with_what_is_still_to_come(session, make, deal):
    contract, paper = deal

    before = stakes_of(session, paper, today=TODAY)
    line = contract.lines[0]
    Deals(session, make).inspected(contract)
    after = stakes_of(session, paper, today=TODAY)

    assert [one.contract for one in before.contracts] == [contract]
    assert before.kg == sum(one.kg for one in contract.lines)
    assert line.kg > 0
    assert after.kg < before.kg
    assert before.summary()["contracts"] == 1


def test_nothing_is_at_stake_once_a_paper_follows(session, make, deal):
    contract, paper = deal
    assert stakes_of(session, paper, today=TODAY).any

    renewed = make.certificate(contract.seller)
    stakes = stakes_of(session, paper, today=TODAY)

    assert stakes.renewed_by is renewed
    assert not stakes.any


@pytest.mark.parametrize(
    "over",
    [
        {"state": PaperState.SUSPENDED, "ended_on": TODAY},
        {"verified": False},
        {"issued_on": SOON + timedelta(days=2)},
    ],
)
def test_a_paper_that_does_not_count_the_day_after_follows_nothing(
    session, make, deal, over
):
    contract, paper = deal

    make.certificate(contract.seller, **over)

    assert stakes_of(session, paper, today=TODAY).any


def test_a_paper_of_one_garden_does_not_follow_one_of_all(session, make, deal):
    contract, paper = deal

    make.certificate(contract.seller, area_id=make.area(contract.seller).id)

    assert stakes_of(session, paper, today=TODAY).renewed_by is None


def test_a_delivery_before_the_end_rests_on_nothing_more(session, make, deal):
    contract, _paper = deal
    last = max(line.deliver_to for line in contract.lines)
    late = make.certificate(contract.seller, CertificateScheme.HACCP, expires_on=last)
    cover(session, contract.harvest, late)

    assert stakes_of(session, late, today=TODAY).contracts == ()


def test_posts_and_offers_that_ask_for_it_are_counted(session, make):
    seller = make.organisation()
    paper = make.certificate(seller, expires_on=SOON)
    harvest = make.harvest(seller, papers=[paper])
    asks, silent = make.offer(), make.offer()
    scheme = CertificateScheme.VIETGAP
    session.add(OfferRequirement(offer_id=asks.id, scheme=scheme))
    session.flush()

    stakes = stakes_of(session, paper, today=TODAY)

    assert stakes.posts == (harvest,)
    assert stakes.offers == 1
    assert silent.id != asks.id


def test_one_organisation_never_learns_of_the_contracts_of_another(session, make, deal):
    contract, paper = deal
    seller = make.member(contract.seller)
    stranger, officer = make.member(), make.officer()
    stakes = stakes_of(session, paper, today=TODAY)

    assert visible_stakes(stakes, seller).contracts == stakes.contracts
    assert visible_stakes(stakes, officer).contracts == stakes.contracts
    assert visible_stakes(stakes, stranger).contracts == ()
    assert visible_stakes(stakes, make.officer("D116")).contracts == ()


def test_each_threshold_speaks_once_however_often_the_night_runs(session, make, deal):
    contract, paper = deal
    who = make.member(contract.seller)
    heard = []

    for left in (181, 180, 180, 91, 90, 90, 40, 30, 8, 7, 7, 3, 0, -1):
        day = SOON - timedelta(days=left)
        heard.append((left, bool(run_night(session, day))))

    assert [left for left, told in heard if told] == [180, 90, 30, 7]
    notices = session.scalars(
        select(Notice)
        .where(Notice.user_id == who.user_id, Notice.kind == NoticeKind.PAPER_EXPIRING)
        .order_by(Notice.id)
    ).all()
    assert [one.params["left"] for one in notices] == [180, 90, 30, 7]
    assert paper.state is PaperState.ACTIVE


def test_missed_nights_are_made_good_by_the_nearest_threshold(session, make, deal):
    contract, _paper = deal
    make.member(contract.seller)

    sent = [
        bool(run_night(session, SOON - timedelta(days=n))) for n in (200, 88, 87, 5)
    ]

    assert sent == [False, True, False, True]
    rows = session.scalars(select(PaperReminder).order_by(PaperReminder.id)).all()
    assert [(row.days, row.left_days) for row in rows] == [(90, 88), (7, 5)]


def test_the_database_takes_a_reminder_once(session, make, deal):
    _contract, paper = deal
    run_night(session, TODAY)
    (row,) = session.scalars(select(PaperReminder)).all()

    again = {"last_day": row.last_day, "days": row.days, "left_days": 1}
    session.add(PaperReminder(certificate_id=paper.id, stakes={}, sent_at=NOW, **again))

    with pytest.raises(IntegrityError), session.begin_nested():
        session.flush()


def test_a_new_end_is_reminded_of_anew(session, make, deal):
    contract, paper = deal
    make.member(contract.seller)
    assert run_night(session, TODAY)

    paper.expires_on = SOON + timedelta(days=1)
    session.flush()

    assert run_night(session, TODAY)
    assert session.scalar(select(func.count(PaperReminder.id))) == 2


def test_a_renewal_that_waits_for_an_officer_silences_the_clock(session, make, deal):
    contract, _paper = deal
    make.member(contract.seller)

    renewed = make.certificate(contract.seller, verified=False)
    quiet = run_night(session, TODAY)
    renewed.state = PaperState.RETURNED
    session.flush()

    assert quiet == 0
    assert run_night(session, TODAY) > 0


def test_the_letter_says_what_would_be_lost(session, make, deal):
    contract, _paper = deal
    who = make.member(contract.seller)

    run_night(session, TODAY)

    notice = session.scalars(select(Notice).where(Notice.user_id == who.user_id)).one()
    words = said_of(notice.kind, notice.params)
    text = words.text % shown_params(notice.params, "vi")
    assert "1 hợp đồng" in text
    assert "chưa giao" in text
    kinds = session.scalars(select(Letter.kind)).all()
    assert set(kinds) <= {NoticeKind.PAPER_EXPIRING}


def test_codes_of_areas_and_houses_are_reminded_of_too(session, make):
    from tests.estate import Estate

    estate = Estate(session, make)
    ends = TODAY + timedelta(days=8)
    code = make.code(estate.area, valid_to=ends)
    officer = make.officer().user_id
    house = paper_rows.packing_code(
        session,
        estate.facility,
        valid_to=ends,
        state=PaperState.ACTIVE,
        verified_at=NOW,
        verified_by_id=officer,
    )

    keys = papers_to_remind(session, today=TODAY)

    assert keys == [("area_code_id", code.id), ("packing_code_id", house.id)]
    make.member(estate.owner)
    assert run_night(session, TODAY) == 4
    assert ending_papers_of(session, estate.owner.id, today=TODAY) == [code, house]


def test_an_officer_sorts_what_ends_in_the_scope(session, make, deal):
    contract, paper = deal
    other = make.organisation(name="HTX A", short_name="A", name_folded="a")
    first = make.certificate(
        other, CertificateScheme.OCOP, stars=3, expires_on=TODAY + timedelta(days=2)
    )
    officer = make.officer()

    rows = expiries_in_scope(session, officer, Sieve(), today=TODAY, days=60)
    found = with_stakes(session, rows, officer, today=TODAY)

    def by(key):
        return [one.row for one in sort_expiries(found, key)]

    assert by("han") == [first, paper]
    assert by("-han") == by("-tan") == [paper, first]
    assert by("anything") == [first, paper]
    only = Sieve(kind=CertificateScheme.OCOP.value)
    assert expiries_in_scope(session, officer, only, today=TODAY, days=60) == [first]
    far = make.officer("D116")
    assert expiries_in_scope(session, far, Sieve(), today=TODAY, days=60) == []
    assert contract.seller.id != other.id


def test_a_longer_list_of_papers_takes_no_more_queries(session, make):
    officer, chains = make.officer(), Chains(session, make)
    wide = {"unit_id": min(officer.scope_unit_ids)}

    def asked():
        session.expire_all()
        rows = expiries_in_scope(session, officer, Sieve(), today=TODAY, days=60)
        with counted(session) as queries:
            found = with_stakes(session, rows, officer, today=TODAY)
            last_reminders(session, rows)
        return len(found), len(queries), sum(len(one.stakes.chains) for one in found)

    for number in range(2):
        _chain_on_a_paper(session, make, chains, wide, number)
    few = asked()
    for number in range(2, 7):
        _chain_on_a_paper(session, make, chains, wide, number)
    many = asked()

    assert (few[0], many[0]) == (2, 7)
    assert (few[2], many[2]) == (2, 7)
    assert many[1] == few[1] < 40


def _chain_on_a_paper(session, make, chains, wide, number):
    """A confirmed chain whose VietGAP ends soon, with an offer that asks for it."""
    chain = chains.confirmed(**wide)
    paper = next(
        one
        for one in session.scalars(
            select(Certificate).where(Certificate.organisation_id == chain.lead_id)
        )
        if one.scheme is CertificateScheme.VIETGAP
    )
    paper.expires_on = SOON + timedelta(days=number)
    cover(session, make.harvest(chain.lead), paper)
    make.code(make.area(chain.lead), valid_to=TODAY + timedelta(days=400))


def test_stakes_of_many_papers_are_those_of_each(session, make, deal):
    _contract, paper = deal
    chains = Chains(session, make)
    for number in range(2):
        _chain_on_a_paper(session, make, chains, {}, number)
    code = make.code(make.area(paper.organisation), valid_to=SOON + timedelta(days=3))
    renewed = make.certificate(make.organisation(), expires_on=SOON)
    make.certificate(renewed.organisation)
    rows = [*session.scalars(select(Certificate).order_by(Certificate.id)), code]

    together = all_stakes(session, rows, today=TODAY)

    alone = {key_of(row): stakes_of(session, row, today=TODAY) for row in rows}
    assert together == alone
    assert together[key_of(renewed)].renewed_by is not None
