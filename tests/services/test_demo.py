"""The demo market: loaded through the services, its numbers computed."""

from __future__ import annotations

import binascii
import json
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from filelock import FileLock
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from vietnam_qr_pay import QRPay

from app import create_app
from marketplace.demo.chain_plan import (
    APPLICANTS,
    BUILT_ONLY,
    GIVEN_UP,
    HALF_CONFIRMED,
    LAPSED_PAPER,
    NO_BUYER,
    SAME_ENTITY,
)
from marketplace.demo.load import is_loaded, load_demo
from marketplace.demo.people import (
    BUYER,
    BUYING_DIRECTOR,
    DIRECTOR,
    LOGINS,
    OFFICER,
    PASSWORD,
    SECOND_DIRECTOR,
)
from marketplace.domain.box_verdicts import BoxVerdict
from marketplace.domain.words import (
    ChainKind,
    ChainState,
    ContractState,
    HarvestState,
    LetterState,
    OfferState,
    ProposalState,
)
from marketplace.services import passwords
from marketplace.services.board import chain_matrix, register_figures
from marketplace.services.board_calls import expiring_papers
from marketplace.services.board_calls import waiting as queue_of
from marketplace.services.box_pages import box_page
from marketplace.services.chain_evaluation import chain_ids
from marketplace.services.chain_recount import Knowledge, recount
from marketplace.services.contracts import list_contracts
from marketplace.services.figures import count_chains_on, units_of_group
from marketplace.services.invariants import find_violations
from marketplace.services.matching import run_matching
from marketplace.services.people import SignIn, find_user, sign_in
from marketplace.services.proposals import waiting_proposals
from marketplace.services.sessions import actor_of, identify
from marketplace.services.vietqr import transfer_for
from models.chain_days import ChainInterval
from models.chains import Chain, ChainEvaluation, Recognition
from models.contracts import Contract
from models.database import Base, db, transaction
from models.harvests import Harvest
from models.lots import Lot
from models.matching import Unmatched
from models.notices import Letter
from models.offers import Offer
from models.organisations import Organisation
from models.proposals import Proposal
from models.trade_items import LotItem
from tests import markets, servers

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
BY_GROUP = {
    "honey": 2,
    "longan": 14,
    "mango": 7,
    "mango_dried": 2,
    "pomelo": 3,
    "vegetable": 3,
}
# One process loads the demo, which takes long, and asks all of it.
pytestmark = pytest.mark.timeout(900)


def loaded(kind: str, name: str, folder: Path, today: date) -> Flask:
    """An application on a database of its own, with the demo as of a day.

    Its passwords are hashed as weakly as can be: 200 of them are no test of that,
    and who signs in is given the strong hash.
    """
    url = markets.new_database(kind, name, folder)
    app = create_app(markets.testing(url, folder))
    now = datetime(today.year, today.month, today.day, 3, tzinfo=UTC)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(1, 8, 1))
        with app.app_context(), transaction() as session:
            load_demo(session, today=today, now=now)
    return app


def let_go(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def demo(worker_name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Loaded once in a run, copied by each process; what a test writes is undone."""
    shared, folder = servers.shared_folder(), tmp_path_factory.mktemp("demo")
    original = shared / "demo.db"
    with FileLock(shared / "demo.lock"):
        if not original.exists():
            let_go(loaded("sqlite", "demo_today", folder, TODAY))
            shutil.copy(folder / "demo_today.db", original)
    copy = folder / f"{worker_name}.db"
    shutil.copy(original, copy)
    app = create_app(markets.testing(f"sqlite:///{copy}", folder))
    yield app
    let_go(app)


@pytest.fixture
def session(demo: Flask) -> Iterator[Session]:
    with demo.app_context():
        session = db.session()
        yield session
        session.rollback()


def actor(session: Session, email: str) -> Any:
    user = find_user(session, email)
    assert user is not None
    return actor_of(session, user.memberships[0])


def chain_of(session: Session, lead: str, kind: ChainKind) -> Chain:
    return session.scalars(
        select(Chain)
        .join(Organisation, Organisation.id == Chain.lead_id)
        .where(Organisation.short_name == lead, Chain.kind == kind)
    ).one()


def failing(session: Session, chain: Chain) -> dict[str, str]:
    """The stored results that are false, with their reasons."""
    rows = session.scalars(
        select(ChainEvaluation)
        .where(ChainEvaluation.chain_id == chain.id)
        .order_by(ChainEvaluation.on)
    )
    latest = {row.predicate: row for row in rows}
    return {code: row.reason for code, row in latest.items() if row.holds is False}


def check_figures(session: Session, day: date) -> None:
    """Every figure of the public article that does not contradict another."""
    units = units_of_group(session, "D126")
    figures = register_figures(session, day, units)
    chains = count_chains_on(session, day, units)

    assert figures["cooperatives"] == 75
    assert 790 <= figures["members"] < 800
    assert 95_000_000_000 < figures["charter_capital_vnd"] < 100_000_000_000
    assert figures["vietgap_cooperatives"] == 52
    assert Decimal(982) < figures["vietgap_area_ha"] < Decimal(983)
    assert 14_400_000 < figures["vietgap_output_kg"] < 14_500_000
    assert figures["codes"] == 50
    assert figures["codes_by_market"] == {"US": 12, "CN": 25, "AU": 13}
    assert Decimal(710) < figures["code_area_ha"] < Decimal(711)
    assert figures["ocop"] == 5
    assert chains["product_development"] == 8
    assert chains["safe_supply"] == 31
    assert chains["safe_supply_detail"]["by_group"] == BY_GROUP


def test_every_figure_comes_out_of_the_records(session):
    check_figures(session, TODAY)


def test_nothing_that_must_hold_is_violated(session):
    assert find_violations(session) == []


def test_the_command_line_counts_what_the_board_counts(demo):
    runner = demo.test_cli_runner()

    words = ["chains", "count", "--on", TODAY.isoformat(), "--area", "D126", "--json"]
    printed = json.loads(runner.invoke(args=words).output)

    assert (printed["product_development"], printed["safe_supply"]) == (8, 31)


def test_prepared_once_more_it_tells_the_logins_and_changes_nothing(demo, session):
    lots = session.scalar(select(func.count()).select_from(Lot))
    session.rollback()

    done = demo.test_cli_runner().invoke(args=["prepare", "market", "--demo"])

    assert done.exit_code == 0
    assert all(login.email in done.output for login in LOGINS)
    assert session.scalar(select(func.count()).select_from(Lot)) == lots


@pytest.mark.parametrize(
    ("link", "state", "code", "reason"),
    [
        (BUILT_ONLY, ChainState.SUBMITTED, "S6", "not_confirmed"),
        (HALF_CONFIRMED, ChainState.SUBMITTED, "S6", "not_confirmed"),
        (LAPSED_PAPER, ChainState.SUSPENDED, "S2", "no_evidence"),
        (SAME_ENTITY, ChainState.SUSPENDED, "S1", "same_entity"),
        (NO_BUYER, ChainState.RETURNED, "S1", "no_buyer"),
        (GIVEN_UP, ChainState.STOPPED, "S8", "stopped"),
    ],
)
def test_a_near_miss_does_not_count_and_says_why(session, link, state, code, reason):
    chain = chain_of(session, link.lead, ChainKind.SAFE_SUPPLY)

    last = chain.intervals[-1]

    assert (chain.state, last.counts) == (state, False)
    assert failing(session, chain)[code] == reason


def test_a_built_chain_lacks_nothing_but_the_officers_word(session):
    chain = chain_of(session, BUILT_ONLY.lead, ChainKind.SAFE_SUPPLY)

    assert set(failing(session, chain)) == {"S6"}


@pytest.mark.parametrize("link", APPLICANTS, ids=lambda link: link.lead)
def test_applications_wait_to_be_recognised(session, link):
    chain = chain_of(session, link.lead, ChainKind.PRODUCT_DEVELOPMENT)

    assert chain.state is ChainState.SUBMITTED
    assert failing(session, chain) == {"PD8": "not_recognised"}


def test_cumulative_less_stopped_is_operating(session):
    detail = count_chains_on(session, TODAY)["safe_supply_detail"]

    assert (detail["cumulative"], detail["stopped"], detail["operating"]) == (34, 1, 33)
    assert (detail["active"], detail["at_risk"], detail["suspended"]) == (30, 1, 2)


def test_the_count_grew_over_the_year(session):
    days = [date(2025, 12, 15), date(2026, 3, 31), date(2026, 7, 31), TODAY]

    numbers = [count_chains_on(session, day)["safe_supply"] for day in days]

    assert numbers[0] > 0
    assert numbers == sorted(numbers)
    assert len(set(numbers)) > 2


def test_every_day_of_the_last_two_years_comes_out_as_it_was_counted(session):
    first = TODAY - timedelta(days=730)
    ids = chain_ids(session)

    again = list(recount(session, first, TODAY, Knowledge.THEN))

    assert again == []
    assert len(ids) == len(set(ids)) > 31
    begun = session.scalars(select(ChainInterval.valid_from)).all()
    assert min(begun) < TODAY - timedelta(days=365)


def test_whatever_does_not_count_says_why(session):
    """Also what no near miss of the plan is: each chain, its state, its reason."""
    for chain in session.scalars(select(Chain)):
        last = chain.intervals[-1]
        if not last.counts:
            assert last.why or failing(session, chain), chain.name
            assert failing(session, chain) or last.state is ChainState.RETURNED


def test_chains_stand_in_todays_communes_and_in_those_of_before(session):
    units = units_of_group(session, "D126")

    now, before = (
        chain_matrix(session, TODAY, units, kind=ChainKind.SAFE_SUPPLY, former=former)
        for former in (False, True)
    )

    assert now.total() == before.total() == 31
    assert {unit.name for unit, _ in before.rows} >= {"Xã Nà Nghịu", "Xã Chiềng Cang"}
    assert len(now.rows) < len(before.rows)


def test_papers_that_end_soon_show_what_hangs_on_them(session):
    units = units_of_group(session, "D126")

    found = expiring_papers(session, TODAY, units, 60)

    assert len(found) >= 5
    assert any(paper.contracts and paper.kg and paper.chains for paper in found)


def test_the_queue_holds_organisations_chains_and_a_second_yes(session):
    queue = queue_of(session, actor(session, OFFICER.email), TODAY)

    assert queue["organisations"] >= 3
    assert queue["oldest"] is not None
    assert (NOW - queue["oldest"]).days >= 3
    assert 2 <= queue["chains"] <= 6
    assert queue["at_risk"] == 1
    halves = select(func.count(Recognition.id)).where(Recognition.decided_at.is_(None))
    assert session.scalar(halves) == 1


@pytest.mark.parametrize("login", LOGINS, ids=lambda login: login.email)
def test_every_login_opens_its_door(session, login):
    token = sign_in(session, SignIn(login.email, PASSWORD), now=NOW)
    assert token is not None

    identity = identify(session, token, now=NOW)

    assert identity is not None
    assert identity.actor is not None
    assert identity.actor.role is login.role


@pytest.mark.parametrize("login", [DIRECTOR, SECOND_DIRECTOR, BUYER])
def test_proposals_wait_for_each_side(session, login):
    who = actor(session, login.email)

    assert waiting_proposals(session, who, now=NOW)


def test_a_proposal_says_that_a_paper_ends_before_the_last_delivery(session):
    offers = waiting_proposals(session, actor(session, BUYER.email), now=NOW)

    longan = next(one for one in offers if one.harvest.product.code == "longan")
    papers = next(row for row in longan.reasons if row["code"] == "papers")

    assert longan.seller.short_name == "Bảo Minh"
    assert papers["verdict"] == "tight"
    assert papers["missing"]


def test_a_counter_offer_waits_for_the_director(session):
    who = actor(session, SECOND_DIRECTOR.email)

    waiting = waiting_proposals(session, who, now=NOW)

    assert [one.round for one in waiting if one.round] == [1]
    assert session.scalar(
        select(func.count()).where(Proposal.state == ProposalState.NEGOTIATING)
    )


@pytest.mark.parametrize("login", [DIRECTOR, SECOND_DIRECTOR, BUYING_DIRECTOR])
def test_a_contract_waits_to_be_signed(session, login):
    who = actor(session, login.email)

    assert list_contracts(session, who, [ContractState.PROPOSED])


def test_the_market_is_lively_and_says_what_was_left_over(session):
    left_to_sell = select(func.count()).where(
        Harvest.state == HarvestState.OPEN, Harvest.likely_kg > Harvest.promised_kg
    )
    by_state = select(Offer.state, func.count()).group_by(Offer.state)
    states = dict(iter(session.execute(by_state)))

    assert 20 <= (session.scalar(left_to_sell) or 0) <= 32
    assert 12 <= states[OfferState.OPEN] <= 18
    assert (states[OfferState.PAUSED], states[OfferState.DRAFT]) == (1, 1)
    assert any(row.advice for row in session.scalars(select(Unmatched)))


def test_matching_again_changes_nothing(session):
    run = run_matching(session, today=TODAY, now=NOW)

    assert run.proposals_new == 0
    assert run.proposals_kept > 10


def test_all_codes_are_of_the_fictional_range(session):
    codes = session.scalars(
        select(Organisation.tax_code).where(Organisation.tax_code.is_not(None))
    ).all()

    assert len(codes) > 85
    assert all(str(code).startswith("5599") for code in codes)


def test_what_the_demo_pays_goes_by_a_code_that_banking_apps_read(session):
    contracts = session.scalars(select(Contract)).all()
    of_each_seller = {one.seller_id: one for one in contracts}.values()
    assert of_each_seller

    for contract in of_each_seller:
        transfer = transfer_for(session, contract, 1_250_000)
        read = QRPay(transfer.payload)  # the other half of the library: it decodes
        assert read.is_valid
        assert read.consumer.bank_number.startswith("5599")
        assert read.provider.guid == "A000000727"
        assert read.consumer.bank_bin in {"970405", "970436"}  # Agribank, VCB
        assert read.amount == "1250000"
        check = binascii.crc_hqx(transfer.payload[:-4].encode(), 0xFFFF)
        assert transfer.payload[-4:] == f"{check:04X}"


def test_letters_of_the_past_do_not_go_out_now(session):
    pending = select(func.count()).where(
        Letter.state == LetterState.PENDING,
        Letter.due_at < NOW,
    )

    assert session.scalar(pending) == 0


def test_boxes_from_gardens_here_have_honest_diaries(session):
    packed = session.scalars(select(Lot).join(LotItem, LotItem.lot_id == Lot.id)).all()
    pages = [box_page(session, lot, today=lot.made_on) for lot in packed]

    traced = [one for one in pages if one.facts.traced]
    assert len(traced) > 20
    assert {one.lot.product.processed for one in traced} == {True, False}
    assert [one.lot.code for one in traced if not one.diary.kept] == []
    right = [one for one in traced if one.verdict is BoxVerdict.RIGHT]
    assert len(right) * 10 > len(traced) * 8
    bought = [one for one in pages if not one.facts.traced]
    assert {one.verdict for one in bought} == {BoxVerdict.INCOMPLETE}


def test_loading_twice_changes_nothing(session):
    before = rows_of(session)

    load_demo(session, today=TODAY, now=NOW)

    assert rows_of(session) == before
    assert is_loaded(session)


def rows_of(session: Session) -> dict[str, int]:
    return {
        table.name: session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        pytest.param(date(2028, 2, 29), "postgres", id="leap-day"),
    ],
)
def test_the_demo_is_the_same_on_any_day(day, kind, worker_name, tmp_path):
    name = f"demo_{day:%Y%m%d}_{worker_name}"
    app = loaded(kind, name, tmp_path, day)

    with app.app_context():
        session = db.session()
        check_figures(session, day)
        now = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
        for login in (DIRECTOR, SECOND_DIRECTOR, BUYER):
            who = actor(session, login.email)
            assert waiting_proposals(session, who, now=now), login.email
        assert find_violations(session) == []
    let_go(app)
