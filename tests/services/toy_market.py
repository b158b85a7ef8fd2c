"""Three cooperatives, two buyers and two officers, who do whatever they like.

Every move is one call of a service in a savepoint, which a refusal takes back,
and with nothing remembered, as in a request of its own. Before it the oracle
says from the stored rows whether it has to succeed; after it every rule holds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.bargaining import Bid, CounterOffer, Line, other
from marketplace.domain.commands_harvests import Forecast, PostHarvest, ReviseForecast
from marketplace.domain.errors import Refused
from marketplace.domain.lifecycles import TRANSITIONS, Lifecycle
from marketplace.domain.words import (
    ChainState,
    ContractState,
    HarvestState,
    OfferState,
    ProposalState,
    Side,
)
from marketplace.services import (
    chain_decisions,
    chain_evaluation,
    contract_endings,
    counters,
    harvest_changes,
    harvests,
    invariants,
    matching,
    offers,
    proposal_expiry,
    proposals,
    signing,
)
from marketplace.services.proposal_making import bid_of
from models.chains import Chain
from models.contract_events import ContractEvent
from models.contracts import Contract
from models.harvests import Harvest
from models.offers import Offer
from models.proposals import Proposal, Terms, TermsLine
from models.signatures import Signature
from tests.factories import NOW, PASSWORD

HOME = ZoneInfo("Asia/Ho_Chi_Minh")
WINDOW = (date(2026, 7, 25), date(2026, 8, 31))
DAYS = (date(2026, 7, 28), date(2026, 8, 4))
LIVE = (ProposalState.PROPOSED, ProposalState.NEGOTIATING)
WAITING = (ContractState.PROPOSED, ContractState.NEGOTIATING)
MOST_ROUNDS = 3
MOST_HARVESTS = 5
TABLES = {
    Lifecycle.HARVEST: Harvest,
    Lifecycle.OFFER: Offer,
    Lifecycle.PROPOSAL: Proposal,
    Lifecycle.CONTRACT: Contract,
    Lifecycle.CHAIN: Chain,
}
States = dict[tuple[Lifecycle, int], str]


class Toy:
    """The market, its clock, and every move that anybody can make in it."""

    def __init__(self, session: Session, make: Any) -> None:
        self.session, self.now = session, NOW
        sellers = [make.organisation() for _ in range(3)]
        buyers = [make.buyer() for _ in range(2)]
        self.people = {one.id: make.member(one) for one in (*sellers, *buyers)}
        self.officers = [make.officer(), make.officer()]
        supply = (30_000, 20_000, 12_000)
        lots = [
            make.harvest(own, likely_kg=kg)
            for own, kg in zip(sellers, supply, strict=True)
        ]
        wanted = [
            make.offer(buyers[0], tranches=[(DAYS[0], 12_000), (DAYS[1], 12_000)]),
            make.offer(buyers[1], tranches=[(DAYS[0], 16_000)]),
        ]
        # Together they would take far more than either side has.
        self._propose(lots[0], wanted[0], (12_000, 12_000))
        self._propose(lots[0], wanted[1], (16_000,))
        self._propose(lots[1], wanted[0], (12_000, 6_000))
        self._propose(lots[2], wanted[0], (0, 12_000))
        session.flush()

    def _propose(
        self, harvest: Harvest, offer: Offer, kilograms: Sequence[int]
    ) -> None:
        number = self.session.scalar(sa.select(sa.func.count(Proposal.id))) or 0
        lines = [
            TermsLine(
                tranche_id=tranche.id,
                kg=kg,
                deliver_from=tranche.window_start,
                deliver_to=tranche.window_end,
            )
            for tranche, kg in zip(offer.tranches, kilograms, strict=True)
            if kg
        ]
        terms = Terms(
            round=0,
            made_at=NOW,
            expires_at=NOW + timedelta(hours=72),
            price_vnd=14_500,
            lines=lines,
        )
        self.session.add(
            Proposal(
                harvest_id=harvest.id,
                offer_id=offer.id,
                seller_id=harvest.organisation_id,
                buyer_id=offer.organisation_id,
                posts_digest=f"{number:064d}",
                reasons=[],
                terms=[terms],
            )
        )
        self.session.flush()

    def begin(self) -> None:
        """A new example begins where the last one began."""
        self.now = NOW

    def undo(self) -> None:
        """Take back all that was done since the posts were made."""
        self.session.rollback()

    @property
    def today(self) -> date:
        return self.now.astimezone(HOME).date()

    def all(self, table: Any) -> list[Any]:
        """Every row in the order in which they were made."""
        return list(self.session.scalars(sa.select(table).order_by(table.id)))

    def person(self, row: Proposal | Contract, side: Side) -> Any:
        return self.people[row.seller_id if side is Side.SELLER else row.buyer_id]

    # --- one move ---------------------------------------------------------------

    def move(
        self, what: str, must_succeed: bool | None, call: Callable[[], object]
    ) -> bool:
        """Make it; the oracle may leave open (None) whether it succeeds."""
        self.session.expunge_all()
        before = self.states()
        savepoint = self.session.begin_nested()
        try:
            call()
            self.session.flush()
            savepoint.commit()
            succeeded = True
        except Refused as refusal:
            savepoint.rollback()
            succeeded = False
            what = f"{what} refused: {refusal.message}"
        except Exception:
            savepoint.rollback()
            raise
        self.session.expunge_all()
        if must_succeed is not None:
            assert succeeded == must_succeed, what
        if succeeded:
            self.check(before, what)
        return succeeded

    def check(self, before: States, what: str) -> None:
        """Every rule, and that nothing has taken a step that is not there."""
        broken = invariants.find_violations(self.session)
        assert broken == [], what
        for (kind, id_), new in self.states().items():
            old = before.get((kind, id_), new)
            assert self._may_come(kind, id_, old, new), (what, kind, id_, old, new)
        self.session.expunge_all()

    def states(self) -> States:
        rows = sa.union_all(
            *(
                sa.select(
                    sa.literal(str(kind)), table.id, sa.cast(table.state, sa.String)
                )
                for kind, table in TABLES.items()
            )
        )
        return {
            (Lifecycle(kind), id_): state
            for kind, id_, state in self.session.execute(rows)
        }

    def _may_come(self, kind: Lifecycle, id_: int, old: str, new: str) -> bool:
        if old == new:
            return True
        if kind is Lifecycle.CONTRACT:
            return self._history_is_legal(id_)
        if kind is Lifecycle.CHAIN:  # an evaluation walks over many days
            return new in _reachable(kind, old)
        return new in TRANSITIONS[kind][old]

    def _history_is_legal(self, contract_id: int) -> bool:
        steps = self.session.execute(
            sa.select(ContractEvent.old_state, ContractEvent.new_state)
            .where(
                ContractEvent.contract_id == contract_id, ContractEvent.new_state != ""
            )
            .order_by(ContractEvent.position)
        ).all()
        table = TRANSITIONS[Lifecycle.CONTRACT]
        joined = all(one[1] == following[0] for one, following in pairwise(steps))
        return joined and all(new in table[old] for old, new in steps)

    # --- the clock ----------------------------------------------------------------

    def wait(self, hours: int) -> None:
        """Time passes, and the clock comes by: all that has lapsed falls away."""
        self.now += timedelta(hours=hours)
        live = {one.id for one in self.all(Proposal) if one.state in LIVE}
        lapsed = {one.id for one in self.all(Proposal) if self._has_lapsed(one)}
        unsigned = {
            one.id: one.total_kg
            for one in self.all(Contract)
            if one.state in WAITING and one.sign_by <= self.now
        }
        promised = sum(one.promised_kg for one in self.all(Harvest))
        self.move("lapse", True, self._lapse)
        self.move("expire", True, self._expire)
        self.move("night", True, self._evaluate)
        states = self.states()
        expired = {one for one in live if states[Lifecycle.PROPOSAL, one] == "expired"}
        assert expired == lapsed
        assert {states[Lifecycle.CONTRACT, one] for one in unsigned} <= {"expired"}
        freed = promised - sum(one.promised_kg for one in self.all(Harvest))
        assert freed == sum(unsigned.values())

    def _lapse(self) -> None:
        proposal_expiry.warn_expiring(self.session, today=self.today, now=self.now)
        proposal_expiry.expire_proposals(self.session, now=self.now)

    def _expire(self) -> None:
        contract_endings.expire_unsigned(self.session, now=self.now)

    def _evaluate(self) -> None:
        for chain in chain_evaluation.chain_ids(self.session):
            chain_evaluation.evaluate_chain(
                self.session, chain, today=self.today, now=self.now
            )

    def _has_lapsed(self, proposal: Proposal) -> bool:
        return proposal.state in LIVE and proposal.terms[-1].expires_at <= self.now

    # --- proposals -----------------------------------------------------------------

    def accept(self, proposal: Proposal, side: Side, round_: int) -> bool:
        id_, public_id = proposal.id, proposal.public_id
        who, must = (
            self.person(proposal, side),
            self._may_accept(proposal, side, round_),
        )
        before = proposals.accepted_by(proposal.terms[-1], other(side))
        accepted = self.move(
            f"accept {id_} {side} {round_}",
            must,
            lambda: proposals.accept_terms(
                self.session, who, public_id, round_, today=self.today, now=self.now
            ),
        )
        after = self.session.get_one(Proposal, id_)
        assert proposals.accepted_by(after.terms[-1], other(side)) == before
        return accepted

    def _may_accept(self, proposal: Proposal, side: Side, round_: int) -> bool:
        terms = proposal.terms[-1]
        if terms.round == round_ and proposals.accepted_by(terms, side):
            return True  # twice is once
        if not self._waits(proposal, round_):
            return False
        if proposals.accepted_by(terms, other(side)) is None:
            return True
        return self._has_room(proposal, bid_of(terms), held=False)

    def _waits(self, proposal: Proposal, round_: int) -> bool:
        terms = proposal.terms[-1]
        return (
            proposal.state in LIVE
            and terms.round == round_
            and self.now < terms.expires_at
        )

    def _has_room(self, proposal: Proposal, bid: Bid, *, held: bool) -> bool:
        """Whether both posts are open and have what the bid takes; `held` counts
        what others bargain for as gone.
        """
        harvest, offer = proposal.harvest, proposal.offer
        if harvest.state is not HarvestState.OPEN or harvest.over_promised:
            return False
        if offer.state not in (OfferState.OPEN, OfferState.PAUSED):
            return False
        taken = self._bargained(proposal) if held else []
        left = harvest.likely_kg - harvest.promised_kg
        left -= sum(kg for id_, _, kg in taken if id_ == harvest.id)
        tranches = {one.id: one for one in offer.tranches}
        return bid.kg <= left and all(
            line.kg
            <= tranches[line.tranche_id].kg
            - tranches[line.tranche_id].promised_kg
            - sum(kg for _, id_, kg in taken if id_ == line.tranche_id)
            for line in bid.lines
        )

    def _bargained(self, but: Proposal) -> list[tuple[int, int, int]]:
        return [
            (one.harvest_id, line.tranche_id, line.kg)
            for one in self.all(Proposal)
            if one.state is ProposalState.NEGOTIATING and one.id != but.id
            for line in one.terms[-1].lines
        ]

    def counter(self, proposal: Proposal, side: Side, kg: int, price_vnd: int) -> bool:
        """Other kilograms on the first line and another price."""
        public_id, who = proposal.public_id, self.person(proposal, side)
        before, round_ = bid_of(proposal.terms[-1]), proposal.round
        first, *rest = before.lines
        line = Line(first.tranche_id, kg, first.deliver_from, first.deliver_to)
        bid = Bid(price_vnd, (line, *rest))
        must = (
            self._waits(proposal, round_)
            and round_ < MOST_ROUNDS
            and proposals.accepted_by(proposal.terms[-1], side) is None
            and bid != before
            and self._has_room(proposal, bid, held=True)
        )
        return self.move(
            f"counter {proposal.id} {side} {round_} {bid}",
            must,
            lambda: counters.counter_terms(
                self.session,
                who,
                public_id,
                round_,
                CounterOffer(bid),
                today=self.today,
                now=self.now,
            ),
        )

    def decline(self, proposal: Proposal, side: Side) -> bool:
        public_id, who = proposal.public_id, self.person(proposal, side)
        must = proposal.state in (*LIVE, ProposalState.DECLINED)
        return self.move(
            f"decline {proposal.id} {side}",
            must,
            lambda: proposals.decline_proposal(
                self.session, who, public_id, "Đã đủ hàng", now=self.now
            ),
        )

    def match(self) -> bool:
        return self.move(
            "match",
            True,
            lambda: matching.run_matching(self.session, today=self.today, now=self.now),
        )

    # --- contracts ------------------------------------------------------------------

    def sign(self, contract: Contract, side: Side, digest: str = "") -> bool:
        public_id, who = contract.public_id, self.person(contract, side)
        version = contract.versions[-1]
        wanted = sa.select(Signature).where(
            Signature.contract_id == contract.id, Signature.side == side
        )
        signed = self.session.scalars(wanted).first() is not None
        must = signed or (
            contract.state in WAITING
            and self.now < contract.sign_by
            and digest in ("", version.digest)
        )
        id_ = contract.id
        command = signing.Sign(digest or version.digest, PASSWORD, agreed=True)
        done = self.move(
            f"sign {id_} {side}",
            must,
            lambda: signing.sign_contract(
                self.session, who, public_id, command, today=self.today, now=self.now
            ),
        )
        sides = self.session.scalars(
            sa.select(Signature.side).where(Signature.contract_id == id_).distinct()
        ).all()
        if len(sides) == len(Side):  # what both have signed waits no longer
            assert self.session.get_one(Contract, id_).state not in WAITING
        return done

    def withdraw_contract(self, contract: Contract, side: Side) -> bool:
        public_id, who = contract.public_id, self.person(contract, side)
        return self.move(
            f"withdraw {contract.id}",
            contract.state in WAITING,
            lambda: contract_endings.withdraw_contract(
                self.session, who, public_id, "Hết chỗ chứa", now=self.now
            ),
        )

    # --- posts -----------------------------------------------------------------------

    def post(self, place: int, kg: int) -> bool:
        who = list(self.people.values())[place % 3]
        command = PostHarvest("longan", Forecast(*WINDOW, kg))
        return self.move(
            f"post {kg}",
            True,
            lambda: harvests.post_harvest(
                self.session, who, command, today=self.today, now=self.now
            ),
        )

    def revise(self, harvest: Harvest, kg: int) -> bool:
        public_id, who = harvest.public_id, self.people[harvest.organisation_id]
        command = ReviseForecast(Forecast(*WINDOW, kg), "Mưa nhiều, rụng quả")
        return self.move(
            f"revise {harvest.id} {kg}",
            harvest.state is HarvestState.OPEN,
            lambda: harvest_changes.revise_harvest(
                self.session, who, public_id, command, today=self.today, now=self.now
            ),
        )

    def withdraw_harvest(self, harvest: Harvest) -> bool:
        public_id, who = harvest.public_id, self.people[harvest.organisation_id]
        return self.move(
            f"withdraw harvest {harvest.id}",
            harvest.state in (HarvestState.DRAFT, HarvestState.OPEN),
            lambda: harvest_changes.withdraw_harvest(
                self.session, who, public_id, now=self.now
            ),
        )

    def step_offer(self, offer: Offer, step: str) -> bool:
        """`pause`, `reopen` or `close`."""
        public_id, who = offer.public_id, self.people[offer.organisation_id]
        leads = {"pause": "paused", "reopen": "open", "close": "closed"}
        service: Callable[..., Offer] = {
            "pause": offers.pause_offer,
            "reopen": offers.reopen_offer,
            "close": partial(offers.close_offer, now=self.now),
        }[step]
        return self.move(
            f"{step} offer {offer.id}",
            leads[step] in TRANSITIONS[Lifecycle.OFFER][offer.state],
            lambda: service(self.session, who, public_id),
        )

    # --- chains ------------------------------------------------------------------------

    def officiate(self, chain: Chain, step: str) -> bool:
        """`recognise`, `return` or `withdraw`; what the predicates say is theirs."""
        public_id, who = chain.public_id, self.officers[0]
        days: dict[str, Any] = {"today": self.today, "now": self.now}
        moves: dict[str, tuple[bool | None, Callable[[], object]]] = {
            "recognise": (
                None if chain.state is ChainState.SUBMITTED else False,
                lambda: chain_decisions.recognise_chain(
                    self.session, who, public_id, **days
                ),
            ),
            "return": (
                chain.state is ChainState.SUBMITTED,
                lambda: chain_decisions.return_chain(
                    self.session, who, public_id, "Thiếu bản đồ", **days
                ),
            ),
            "withdraw": (
                any(r.decided_at and not r.withdrawn_on for r in chain.recognitions),
                lambda: chain_decisions.withdraw_recognition(
                    self.session, who, public_id, "Sai hồ sơ", **days
                ),
            ),
        }
        must, call = moves[step]
        return self.move(f"{step} chain {chain.id}", must, call)


def _reachable(kind: Lifecycle, old: str) -> set[str]:
    found = {old}
    while more := {n for one in found for n in TRANSITIONS[kind][one]} - found:
        found |= more
    return found
