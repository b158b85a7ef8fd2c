"""Every event in every state, through the services: exactly the legal ones succeed."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from marketplace.domain.bargaining import Bid, CounterOffer, Line
from marketplace.domain.commands_harvests import CloseHarvest, Forecast, ReviseForecast
from marketplace.domain.errors import Refused
from marketplace.domain.words import (
    ChainKind,
    ChainState,
    ContractState,
    HarvestState,
    OfferState,
    OrganisationState,
    ProposalState,
    Side,
    VerificationDecision,
)
from marketplace.services import (
    chain_decisions,
    contract_endings,
    contracts,
    counters,
    harvest_changes,
    harvests,
    offers,
    proposal_expiry,
    proposals,
    signing,
    verification,
)
from marketplace.services.proposal_making import bid_of
from marketplace.services.quantities import promise_kg, promise_tranche
from models.chains import Chain
from models.contracts import Contract
from models.harvests import Harvest
from models.offers import Offer
from models.organisations import Organisation, VerificationCase
from models.proposals import Proposal
from tests.deals import Deals
from tests.factories import NOW, PASSWORD, TODAY

LATER = NOW + timedelta(hours=1)
WINDOW = (TODAY.replace(month=7, day=25), TODAY.replace(month=8, day=31))
SAME = "as it was"


class Case:
    """One row in one state, and what can happen to it."""

    def __init__(self, session, make):
        self.session, self.make = session, make

    def put(self, table, row, state, **columns):
        """Straight into the state; the guard of the steps is away meanwhile."""
        guard = f"tr_{table.__tablename__}_legal_transition"
        connection = self.session.connection()
        sqlite = connection.dialect.name == "sqlite"
        source = sa.text("SELECT sql FROM sqlite_master WHERE name = :name")
        if sqlite:
            created = connection.execute(source, {"name": guard}).scalar_one()
            connection.exec_driver_sql(f"DROP TRIGGER {guard}")
        else:
            trigger = f"ALTER TABLE {table.__tablename__} %s TRIGGER {guard}"
            connection.exec_driver_sql(trigger % "DISABLE")
        self.session.execute(
            sa.update(table).where(table.id == row.id).values(state=state, **columns)
        )
        connection.exec_driver_sql(created if sqlite else trigger % "ENABLE")
        self.session.expire_all()
        return row

    def try_it(self, event):
        """What state the row is in after it, or None if it was refused."""
        savepoint = self.session.begin_nested()
        try:
            event()
            self.session.flush()
            savepoint.commit()
        except Refused:
            savepoint.rollback()
            return False
        self.session.expire_all()
        return True


@pytest.fixture
def case(session, make):
    return Case(session, make)


def check_events(case, table, make_row, states, legal, do):
    """`legal` says for each event from which state it leads to which."""
    found = {}
    for event in legal:
        for state in states:
            row = make_row(state)
            if case.try_it(lambda one=row, name=event: do(name, one)):
                after = case.session.get_one(table, row.id).state
                found[event, state] = SAME if after == state else after

    assert found == {
        (event, state): after
        for event, ways in legal.items()
        for state, after in ways.items()
    }


# --- organisations ------------------------------------------------------------------


def test_every_event_of_an_organisation(case, session, make):
    state = OrganisationState
    officer = make.officer()
    decisions = {one.value: one for one in VerificationDecision}

    def make_row(wanted):
        organisation = make.organisation()
        session.add(VerificationCase(organisation_id=organisation.id, submitted_at=NOW))
        dated = NOW if wanted in (state.VERIFIED, state.SUSPENDED) else None
        return case.put(Organisation, organisation, wanted, verified_at=dated)

    def do(event, organisation):
        if event == "resubmit":
            verification.resubmit(session, organisation, now=LATER)
            return
        waiting = sa.select(VerificationCase).where(
            VerificationCase.organisation_id == organisation.id
        )
        verification.decide_case(
            session,
            officer,
            session.scalars(waiting).one().public_id,
            verification.Decide(decisions[event], "Thiếu giấy tờ"),
            now=LATER,
        )

    check_events(
        case,
        Organisation,
        make_row,
        state,
        {
            "verified": {
                state.PENDING: state.VERIFIED,
                state.SUSPENDED: state.VERIFIED,
            },
            "change_requested": {state.PENDING: state.CHANGE_REQUESTED},
            "rejected": {state.PENDING: state.REJECTED},
            "resubmit": {
                one: SAME if one is state.PENDING else state.PENDING
                for one in state
                if one is not state.SUSPENDED
            },
        },
        do,
    )


# --- harvests and offers ------------------------------------------------------------


def test_every_event_of_a_harvest(case, session, make):
    own = make.organisation()
    who = make.member(own)
    days = {"today": TODAY, "now": NOW}
    after = {"today": WINDOW[0], "now": NOW}

    def do(event, harvest):
        id_ = harvest.public_id
        revised = ReviseForecast(Forecast(*WINDOW, 50_000))
        {
            "publish": lambda: harvests.publish_harvest(session, who, id_, **days),
            "revise": lambda: harvest_changes.revise_harvest(
                session, who, id_, revised, **days
            ),
            "withdraw": lambda: harvest_changes.withdraw_harvest(
                session, who, id_, now=NOW
            ),
            "close": lambda: harvest_changes.close_harvest(
                session, who, id_, CloseHarvest(40_000), **after
            ),
            "close early": lambda: harvest_changes.close_harvest(
                session, who, id_, CloseHarvest(40_000), **days
            ),
        }[event]()

    check_events(
        case,
        Harvest,
        lambda state: make.harvest(own, state=state),
        HarvestState,
        {
            "publish": {HarvestState.DRAFT: HarvestState.OPEN},
            "revise": {HarvestState.OPEN: SAME},
            "withdraw": {
                HarvestState.DRAFT: HarvestState.WITHDRAWN,
                HarvestState.OPEN: HarvestState.WITHDRAWN,
            },
            "close": {HarvestState.OPEN: HarvestState.CLOSED},
            "close early": {},
        },
        do,
    )


def test_every_event_of_an_offer(case, session, make):
    own = make.buyer()
    who = make.member(own)

    def do(event, offer):
        id_ = offer.public_id
        {
            "publish": lambda: offers.publish_offer(
                session, who, id_, today=TODAY, now=NOW
            ),
            "pause": lambda: offers.pause_offer(session, who, id_),
            "reopen": lambda: offers.reopen_offer(session, who, id_),
            "close": lambda: offers.close_offer(session, who, id_, now=NOW),
        }[event]()

    check_events(
        case,
        Offer,
        lambda state: make.offer(own, state=state),
        OfferState,
        {
            "publish": {OfferState.DRAFT: OfferState.OPEN},
            "pause": {OfferState.OPEN: OfferState.PAUSED},
            "reopen": {OfferState.PAUSED: OfferState.OPEN},
            "close": {
                OfferState.DRAFT: OfferState.CLOSED,
                OfferState.OPEN: OfferState.CLOSED,
                OfferState.PAUSED: OfferState.CLOSED,
            },
        },
        do,
    )


# --- proposals ------------------------------------------------------------------------


@pytest.fixture
def table(case, make):
    """`table(state)` is a proposal to which the seller has said yes, in a state."""

    def lay(state):
        proposal = make.proposal()
        terms = proposal.terms[0]
        terms.seller_accepted_at = NOW
        if state is ProposalState.AGREED:
            terms.buyer_accepted_at = NOW
        case.session.flush()
        declined = Side.SELLER if state is ProposalState.DECLINED else None
        agreed = NOW if state is ProposalState.AGREED else None
        return case.put(
            Proposal, proposal, state, declined_by=declined, agreed_at=agreed
        )

    return lay


def test_every_event_of_a_proposal(case, session, make, table):

    def do(event, proposal):
        who, id_ = make.member(proposal.buyer), proposal.public_id
        bid = bid_of(proposal.terms[0])
        line = bid.lines[0]
        less = Bid(
            bid.price_vnd,
            (Line(line.tranche_id, 9_000, line.deliver_from, line.deliver_to),),
        )
        days = {"today": TODAY, "now": LATER}
        {
            "accept": lambda: proposals.accept_terms(session, who, id_, 0, **days),
            "accept another round": lambda: proposals.accept_terms(
                session, who, id_, 1, **days
            ),
            "accept late": lambda: proposals.accept_terms(
                session, who, id_, 0, today=TODAY, now=NOW + timedelta(days=4)
            ),
            "counter": lambda: counters.counter_terms(
                session, who, id_, 0, CounterOffer(less), **days
            ),
            "decline": lambda: proposals.decline_proposal(
                session, who, id_, "Đủ hàng", now=LATER
            ),
        }[event]()

    check_events(
        case,
        Proposal,
        table,
        ProposalState,
        {
            "accept": {
                ProposalState.PROPOSED: ProposalState.AGREED,
                ProposalState.NEGOTIATING: ProposalState.AGREED,
                ProposalState.AGREED: SAME,
            },
            "accept another round": {},
            # A second tap on what is agreed already changes nothing.
            "accept late": {ProposalState.AGREED: SAME},
            "counter": {
                ProposalState.PROPOSED: ProposalState.NEGOTIATING,
                ProposalState.NEGOTIATING: SAME,
            },
            "decline": {
                ProposalState.PROPOSED: ProposalState.DECLINED,
                ProposalState.NEGOTIATING: ProposalState.DECLINED,
                ProposalState.DECLINED: SAME,
            },
        },
        do,
    )


def test_silence_ends_only_what_waits_for_an_answer(session, table):
    laid = {state: table(state) for state in ProposalState}

    proposal_expiry.expire_proposals(session, now=NOW + timedelta(days=4))

    session.expire_all()
    after = {state: proposal.state for state, proposal in laid.items()}
    ended = {ProposalState.PROPOSED, ProposalState.NEGOTIATING}
    assert after == {
        state: ProposalState.EXPIRED if state in ended else state for state in laid
    }


# --- contracts -----------------------------------------------------------------------


@pytest.fixture
def drawn(case, session, make):
    """`drawn(state)` is a contract that the seller has signed, in a state."""

    def draw(state):
        proposal = make.proposal()
        line = proposal.terms[0].lines[0]
        promise_kg(session, proposal.harvest_id, line.kg)
        promise_tranche(session, line.tranche_id, line.kg)
        proposal.state, proposal.agreed_at = "agreed", NOW
        session.flush()
        contract = contracts.draw_contract(
            session, proposal, proposal.terms[0], today=TODAY, now=NOW
        )
        sign(session, make, contract, contract.seller)
        unsigned = ("draft", "proposed", "negotiating")
        signed_on = None if state in unsigned else TODAY
        if state in ("in_force", "signed", "suspended", "fulfilled", "closed"):
            sign(session, make, contract, contract.buyer)
        if state == "closed":
            for side in Side:
                Deals(session, make).closing(contract, side)
        return case.put(Contract, contract, state, signed_on=signed_on)

    return draw


def sign(session, make, contract, party):
    digest = signing.current_version(session, contract).digest
    command = signing.Sign(digest, PASSWORD, agreed=True)
    who = make.member(party)
    days = {"today": TODAY, "now": LATER}
    return signing.sign_contract(session, who, contract.public_id, command, **days)


def test_every_event_of_a_contract(case, session, make, drawn):
    both = (
        ContractState.SIGNED,
        ContractState.IN_FORCE,
        ContractState.SUSPENDED,
        ContractState.FULFILLED,
        ContractState.CLOSED,
    )

    def do(event, contract):
        {
            "sign": lambda: sign(session, make, contract, contract.buyer),
            "sign again": lambda: sign(session, make, contract, contract.seller),
            "withdraw": lambda: contract_endings.withdraw_contract(
                session,
                make.member(contract.buyer),
                contract.public_id,
                "Hết chỗ",
                now=LATER,
            ),
        }[event]()

    check_events(
        case,
        Contract,
        drawn,
        ContractState,
        {
            "sign": {
                ContractState.PROPOSED: ContractState.IN_FORCE,
            }
            | dict.fromkeys(both, SAME),
            "sign again": dict.fromkeys(ContractState, SAME),
            "withdraw": dict.fromkeys(
                (ContractState.PROPOSED, ContractState.NEGOTIATING),
                ContractState.TERMINATED,
            ),
        },
        do,
    )


def test_only_what_waits_for_a_signature_falls_away(session, drawn):
    known = {state: drawn(state) for state in ContractState}

    contract_endings.expire_unsigned(session, now=NOW + timedelta(days=60))

    session.expire_all()
    ended = {ContractState.PROPOSED, ContractState.NEGOTIATING}
    assert {state: one.state for state, one in known.items()} == {
        state: ContractState.EXPIRED if state in ended else state for state in known
    }
    assert {state: one.harvest.promised_kg for state, one in known.items()} == {
        state: 0 if state in ended else 12_000 for state in known
    }


# --- chains --------------------------------------------------------------------------


@pytest.fixture
def chain_in(case, session, make, drawn):
    """`chain_in(state)` is a product-development chain with a contract in force."""

    def begin(state):
        contract = drawn(ContractState.PROPOSED)
        sign(session, make, contract, contract.buyer)
        wanted = sa.select(Chain).where(
            Chain.lead_id == contract.seller_id,
            Chain.kind == ChainKind.PRODUCT_DEVELOPMENT,
        )
        return case.put(Chain, session.scalars(wanted).one(), state)

    return begin


def test_every_event_of_a_chain(case, session, make, chain_in):
    officer = make.officer()
    days = {"today": TODAY, "now": LATER}

    def do(event, chain):
        id_ = chain.public_id
        {
            "recognise": lambda: chain_decisions.recognise_chain(
                session, officer, id_, **days
            ),
            "return": lambda: chain_decisions.return_chain(
                session, officer, id_, "Thiếu bản đồ", **days
            ),
            "confirm": lambda: chain_decisions.confirm_chain(
                session, officer, id_, **days
            ),
            "withdraw": lambda: chain_decisions.withdraw_recognition(
                session, officer, id_, "Sai hồ sơ", **days
            ),
        }[event]()

    check_events(
        case,
        Chain,
        chain_in,
        ChainState,
        {
            "recognise": {ChainState.SUBMITTED: ChainState.ACTIVE},
            "return": {ChainState.SUBMITTED: ChainState.RETURNED},
            "confirm": {},  # another kind of chain
            "withdraw": {},  # nothing was recognised yet
        },
        do,
    )
