"""Purchase offers: drafted, posted, revised, paused, closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import select

from marketplace.domain.actor import Role
from marketplace.domain.commands_offers import PostOffer, Requirement, TrancheLine
from marketplace.domain.errors import Conflict, NotFound, Refused
from marketplace.domain.words import CertificateScheme, Market, OfferState
from marketplace.services.offer_lists import (
    count_offers,
    hungry_tranches,
    list_offers,
)
from marketplace.services.offer_rows import command_of
from marketplace.services.offers import (
    access_offer,
    close_offer,
    move_offer,
    pause_offer,
    post_offer,
    publish_offer,
    reopen_offer,
    revise_offer,
    save_draft,
)
from marketplace.services.quantities import promise_tranche
from models.jobs import Job
from models.offers import Offer, Tranche
from models.reference import Rule
from tests.factories import NOW, TODAY

FIRST = TrancheLine(date(2026, 7, 28), date(2026, 7, 28), 12_000, 15_500)
SECOND = TrancheLine(date(2026, 8, 4), date(2026, 8, 6), 8_000, 15_000)
WORDS = PostOffer(
    product_code="longan",
    place="Kho Đông Anh",
    payment_term_days=7,
    tranches=(FIRST, SECOND),
    requirements=(
        Requirement(scheme=CertificateScheme.VIETGAP),
        Requirement(market=Market.CN),
        Requirement(scheme=CertificateScheme.OCOP, least_stars=4),
    ),
    variety_codes=("mien_thiet", "t6"),
    least_grade=2,
    market=Market.CN,
    smallest_lot_kg=5_000,
    most_suppliers=3,
    deposit_pct=10,
    traceability=True,
    packaging="Thùng giấy 10 kg",
    answer_by=date(2026, 7, 1),
)


@pytest.fixture
def who(make):
    return make.member(make.buyer(), Role.BUYER)


def post(session, who, words=WORDS):
    return post_offer(session, who, words, today=TODAY, now=NOW)


def jobs(session):
    return session.scalars(select(Job.kind)).all()


def revised(session, who, offer, **over):
    words = replace(command_of(offer), **over)
    return revise_offer(session, who, offer.public_id, words, today=TODAY, now=NOW)


def test_a_posted_offer_says_what_its_buyer_said(session, who):
    offer = post(session, who)

    numbered = tuple(
        replace(line, number=n) for n, line in enumerate((FIRST, SECOND), 1)
    )
    said = replace(WORDS, tranches=numbered)
    assert replace(command_of(offer), variety_codes=()) == replace(
        said, variety_codes=()
    )
    assert set(command_of(offer).variety_codes) == set(WORDS.variety_codes)
    assert (offer.state, offer.posted_at) == (OfferState.OPEN, NOW)
    assert jobs(session) == ["matching.run"]


def test_an_organisation_that_waits_may_draft_but_not_post(session, make):
    who = make.member(make.buyer(verified=False))

    with pytest.raises(Refused):
        post(session, who)
    draft = save_draft(session, who, WORDS, today=TODAY)
    with pytest.raises(Refused):
        publish_offer(session, who, draft.public_id, today=TODAY, now=NOW)

    assert draft.state is OfferState.DRAFT
    assert jobs(session) == []


def test_the_first_fault_is_raised_with_its_field(session, who):
    with pytest.raises(Refused) as refusal:
        post(session, who, replace(WORDS, smallest_lot_kg=30_000))

    assert refusal.value.field == "smallest_lot"


def test_an_unknown_product_is_refused_at_its_field(session, who):
    with pytest.raises(Refused) as refusal:
        post(session, who, replace(WORDS, product_code="durian"))

    assert refusal.value.field == "product"


def test_what_is_only_odd_is_kept_with_the_offer(session, who):
    line = replace(FIRST, ceiling_price_vnd=150_000)

    offer = post(session, who, replace(WORDS, tranches=(line,), payment_term_days=30))

    assert [one["code"] for one in offer.warnings] == ["PO-04", "PO-03"]


def test_a_draft_may_lack_what_a_posted_offer_needs(session, who):
    bare = PostOffer("longan", "", 7)

    draft = save_draft(session, who, bare, today=TODAY)

    assert draft.tranches == []
    with pytest.raises(Refused):
        publish_offer(session, who, draft.public_id, today=TODAY, now=NOW)


def test_a_draft_is_written_over_and_then_published(session, who):
    draft = save_draft(session, who, replace(WORDS, place=""), today=TODAY)
    changed = replace(WORDS, tranches=(SECOND,))

    save_draft(session, who, changed, draft.public_id, today=TODAY)
    offer = publish_offer(session, who, draft.public_id, today=TODAY, now=NOW)

    assert [tranche.kg for tranche in offer.tranches] == [8_000]
    assert offer.state is OfferState.OPEN
    with pytest.raises(Refused):
        save_draft(session, who, WORDS, draft.public_id, today=TODAY)


def test_a_revision_changes_adds_and_drops_tranches(session, who):
    offer = post(session, who)
    promise_tranche(session, offer.tranches[1].id, 3_000)
    first = replace(FIRST, number=1, kg=20_000)
    third = replace(
        SECOND, window_start=date(2026, 8, 11), window_end=date(2026, 8, 11)
    )

    revised(session, who, offer, tranches=(first, third))

    rows = {tranche.number: tranche for tranche in offer.tranches}
    assert (rows[1].kg, rows[1].dropped) == (20_000, False)
    assert (rows[2].kg, rows[2].promised_kg, rows[2].dropped) == (8_000, 3_000, True)
    assert rows[3].window_start == date(2026, 8, 11)
    assert offer.revision == 2


def test_a_tranche_never_falls_below_what_is_promised(session, who):
    offer = post(session, who)
    promise_tranche(session, offer.tranches[1].id, 3_000)
    lines = (replace(FIRST, number=1), replace(SECOND, number=2, kg=2_999))

    with pytest.raises(Refused) as refusal, session.begin_nested():
        revised(session, who, offer, tranches=lines)

    assert refusal.value.field == "tranches-1-kg"
    assert session.scalars(select(Tranche.kg).order_by(Tranche.number)).all() == [
        12_000,
        8_000,
    ]


def test_a_tranche_that_was_dropped_meanwhile_is_a_conflict(session, who):
    offer = post(session, who)
    revised(session, who, offer, tranches=(replace(FIRST, number=1),))

    with pytest.raises(Conflict):
        revised(session, who, offer, tranches=(replace(SECOND, number=2),))


def test_a_page_from_before_a_revision_is_a_conflict(session, who):
    offer = post(session, who)
    revised(session, who, offer, deposit_pct=20)

    with pytest.raises(Conflict):
        revise_offer(
            session,
            who,
            offer.public_id,
            command_of(offer),
            today=TODAY,
            now=NOW,
            seen=1,
        )


def test_an_offer_on_the_market_keeps_its_product(session, who):
    offer = post(session, who)

    with pytest.raises(Refused) as refusal:
        revised(session, who, offer, product_code="mango", variety_codes=())

    assert refusal.value.field == "product"


def test_it_rests_returns_and_ends(session, who):
    offer = post(session, who)

    pause_offer(session, who, offer.public_id)
    assert offer.state is OfferState.PAUSED
    reopen_offer(session, who, offer.public_id)
    assert offer.state is OfferState.OPEN
    close_offer(session, who, offer.public_id, now=NOW)

    assert offer.state is OfferState.CLOSED
    close = partial(close_offer, now=NOW)
    for step in (pause_offer, reopen_offer, close):
        with pytest.raises(Refused):
            step(session, who, offer.public_id)
    with pytest.raises(Refused):
        revised(session, who, offer)


def test_a_step_that_somebody_took_meanwhile_is_a_conflict(session, who):
    offer = post(session, who)
    session.execute(
        Offer.__table__.update().where(Offer.id == offer.id).values(state="paused")
    )

    with pytest.raises(Conflict):
        move_offer(session, offer, OfferState.PAUSED)


def test_strangers_find_nothing(session, make, who):
    offer = post(session, who)
    stranger = make.member(make.buyer())

    for act in (pause_offer, reopen_offer, partial(close_offer, now=NOW)):
        with pytest.raises(NotFound):
            act(session, stranger, offer.public_id)
    with pytest.raises(NotFound):
        access_offer(session, stranger, offer.public_id)
    with pytest.raises(NotFound):
        access_offer(session, who, "x" * 22)


def test_an_officer_of_the_own_organisation_writes_nothing(session, make):
    officer = make.officer()
    offer = make.offer(session.get_one(type(make.buyer()), officer.organisation_id))

    with pytest.raises(NotFound):
        access_offer(session, officer, offer.public_id, "write")


def test_lists_and_counts_hold_only_ones_own(session, make, who):
    mine = post(session, who)
    make.offer()
    save_draft(session, who, WORDS, today=TODAY)

    assert len(list_offers(session, who)) == 2
    assert list_offers(session, who, [OfferState.OPEN]) == [mine]
    assert count_offers(session, who) == {OfferState.OPEN: 1, OfferState.DRAFT: 1}


def test_deliveries_soon_and_short_are_pointed_out(session, make, who):
    soon = TODAY + timedelta(days=5)
    organisation = session.get_one(type(make.buyer()), who.organisation_id)
    make.offer(organisation, tranches=((soon, 9_000), (soon + timedelta(40), 9_000)))

    found = hungry_tranches(session, who, today=TODAY)

    assert [(one.window_start, one.lacking_kg) for one in found] == [(soon, 9_000)]


def test_two_revisions_in_the_same_moment_are_a_conflict(session, who):
    offer = post(session, who)
    session.execute(Offer.__table__.update().values(revision=5))

    with pytest.raises(Conflict):
        revised(session, who, offer, deposit_pct=20)


def test_a_product_without_a_band_is_posted_without_a_warning(session, who):
    rule = session.scalars(select(Rule).where(Rule.code == "price_band.longan")).one()
    session.delete(rule)

    offer = post(
        session,
        who,
        replace(
            WORDS, tranches=(replace(FIRST, ceiling_price_vnd=100),), smallest_lot_kg=0
        ),
    )

    assert offer.warnings == []
