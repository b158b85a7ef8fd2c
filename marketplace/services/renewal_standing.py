"""Where the two sides of a contract are in speaking of the season that follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.bargaining import LIVE
from marketplace.domain.errors import NotFound
from marketplace.domain.renewals import is_time
from marketplace.domain.words import Side
from marketplace.services.contract_sides import side_of
from marketplace.services.contracts import access_contract
from marketplace.services.matching_held import FELL_AWAY
from marketplace.services.proposals import contract_of
from marketplace.services.rules import rule
from models.contracts import Contract
from models.renewals import Renewal


class Phase(StrEnum):
    """How far the two have come, for the side that looks."""

    NOT_NOW = "not_now"
    FREE = "free"
    ASKED = "asked"
    TO_ANSWER = "to_answer"
    BARGAINING = "bargaining"
    RENEWED = "renewed"


@dataclass(frozen=True)
class Standing:
    """A contract's renewal as one side sees it; `renewal` is the open one, if any."""

    contract: Contract
    side: Side
    phase: Phase
    renewal: Renewal | None = None
    successor: Contract | None = None

    @property
    def may_act(self) -> bool:
        return self.phase in (Phase.FREE, Phase.TO_ANSWER)


def access_renewal(session: Session, who: Actor, public_id: str) -> Contract:
    """A signed contract to one of its two sides; nobody else sees a renewal."""
    contract = access_contract(session, who, public_id, "write")
    if contract.signed_on is None:
        raise NotFound
    return contract


def standing_of(
    session: Session, who: Actor, contract: Contract, *, today: date
) -> Standing:
    """Where the two are, of what may still come of it."""
    side = side_of(contract, who)
    renewal = open_renewal(session, contract)
    if renewal is not None and not _is_over(session, renewal):
        phase, successor = _phase(session, renewal, side)
        return Standing(contract, side, phase, renewal, successor)
    return Standing(contract, side, _free_or_not(session, contract, today))


def _free_or_not(session: Session, contract: Contract, today: date) -> Phase:
    days = int(rule(session, "contract.renewal", today)["notice_days"])
    state, ends_on = contract.state, contract.effective_to
    perennial = contract.product.perennial
    now = is_time(state, ends_on, today, days, perennial=perennial)
    return Phase.FREE if now else Phase.NOT_NOW


def _phase(
    session: Session, renewal: Renewal, side: Side
) -> tuple[Phase, Contract | None]:
    if renewal.proposal is None:
        mine = renewal.asked_by is side
        return (Phase.ASKED if mine else Phase.TO_ANSWER), None
    contract = contract_of(session, renewal.proposal)
    return (Phase.RENEWED if contract else Phase.BARGAINING), contract


def open_renewal(session: Session, contract: Contract) -> Renewal | None:
    """The one that is not closed."""
    wanted = select(Renewal).where(
        Renewal.contract_id == contract.id, Renewal.closed_at.is_(None)
    )
    return session.scalars(wanted).first()


def _is_over(session: Session, renewal: Renewal) -> bool:
    """Whether what came of it has fallen away, though nobody has closed it yet."""
    if renewal.proposal is None or renewal.proposal.state in LIVE:
        return False
    contract = contract_of(session, renewal.proposal)
    return contract is None or (contract.state in FELL_AWAY and not contract.signed_on)


def predecessor_of(session: Session, contract: Contract) -> Contract | None:
    """The contract that this one follows."""
    if contract.proposal_id is None:
        return None
    return session.scalars(
        select(Contract)
        .join(Renewal, Renewal.contract_id == Contract.id)
        .where(Renewal.proposal_id == contract.proposal_id)
    ).first()
