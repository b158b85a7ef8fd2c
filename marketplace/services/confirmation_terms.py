"""How long a confirmation lasts: as long as its evidence, at most so many months."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.chain_backbone import backbone_on
from marketplace.domain.chain_safety import evidence_last_day
from marketplace.domain.chain_time import known_on
from marketplace.domain.errors import N_, Refused
from marketplace.domain.papers import add_months
from marketplace.domain.words import ChainKind, ChainState
from marketplace.services.chain_evaluation import params_on
from marketplace.services.chain_facts import facts_of, load_chains
from models.chains import Chain, Recognition

LAPSED = N_("Ngày hết hiệu lực được đề nghị đã qua")
_CONFIRMED = (ChainState.ACTIVE, ChainState.AT_RISK)


@dataclass(frozen=True)
class Term:
    """The days on which a confirmation that is given today may end."""

    months: int
    longest: date
    evidence: date | None
    """The first stage whose papers run out does so after this day."""

    @property
    def usual(self) -> date:
        """What is proposed: the earlier of the two."""
        return (
            self.longest if self.evidence is None else min(self.longest, self.evidence)
        )


def term_of(session: Session, chain: Chain, *, today: date) -> Term:
    """Until when a confirmation of today reaches, and what ends before that."""
    facts = known_on(facts_of(session, load_chains(session, [chain.id])[0]), today)
    params = params_on(session, today)
    return Term(
        months=params.confirmation_months,
        longest=add_months(today, params.confirmation_months),
        evidence=evidence_last_day(facts, backbone_on(facts, today, params), today),
    )


def choose_last_day(term: Term, wanted: date | None, *, today: date) -> date:
    """The usual day where the officer names none; else the officer's, within bounds."""
    wanted = wanted or term.usual
    if wanted <= today:
        raise Refused(N_("Ngày hết hiệu lực phải sau hôm nay"), "valid_to")
    if wanted > term.longest:
        raise Refused(
            N_("Giấy xác nhận dài nhất %(months)s tháng"),
            "valid_to",
            months=term.months,
        )
    return wanted


def is_renewable(chain: Chain, term: Term) -> bool:
    """Whether papers were renewed since, so that a new confirmation lasts longer."""
    given = last_given(chain)
    return (
        chain.kind is ChainKind.SAFE_SUPPLY
        and chain.state in _CONFIRMED
        and given is not None
        and given.valid_to is not None
        and given.valid_to < term.usual
    )


def last_given(chain: Chain) -> Recognition | None:
    """The confirmation that holds now, if one was given and not taken back."""
    given = [r for r in chain.recognitions if r.decided_at and not r.withdrawn_on]
    return max(given, key=lambda one: (one.issued_on, one.id), default=None)


def open_confirmation(session: Session, chain: Chain) -> Recognition | None:
    """The proposal of a first officer that waits for a second."""
    return session.scalars(
        select(Recognition).where(
            Recognition.chain_id == chain.id,
            Recognition.decided_at.is_(None),
            Recognition.withdrawn_on.is_(None),
        )
    ).first()


def standing_confirmation(
    session: Session, chain: Chain, today: date
) -> Recognition | None:
    """The open proposal, unless its last day has passed: that one is withdrawn."""
    proposal = open_confirmation(session, chain)
    if proposal is None or not is_lapsed(proposal, today):
        return proposal
    proposal.withdrawn_on, proposal.withdrawn_reason = today, LAPSED
    session.flush()  # one open proposal a chain
    return None


def is_lapsed(proposal: Recognition, today: date) -> bool:
    """Whether nobody can confirm it any more."""
    return proposal.valid_to is not None and proposal.valid_to <= today
