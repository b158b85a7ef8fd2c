"""An officer recognises, confirms, returns and withdraws; and writes down checks."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.chain_reasons import PREDICATE_TITLES
from marketplace.domain.errors import N_, NotFound, Refused
from marketplace.domain.words import ChainKind, ChainState, NoticeKind
from marketplace.services.chain_evaluation import evaluate_chain
from marketplace.services.chains import access_chain, look_at, parties_of
from marketplace.services.confirmation_terms import (
    choose_last_day,
    is_renewable,
    open_confirmation,
    standing_confirmation,
    term_of,
)
from marketplace.services.notices import notify_organisation
from marketplace.services.recognition_numbers import next_number
from marketplace.services.recognition_papers import freeze_recognition
from models.chains import Chain, ChainFact, Recognition
from models.organisations import Membership

# What an officer's yes itself makes true is not asked for before it; and the
# confirmation is the first post-check.
_GIVEN_BY_RECOGNITION = frozenset({"PD8", "S6"})


def recognise_chain(
    session: Session, who: Actor, public_id: str, *, today: date, now: datetime
) -> Chain:
    """An officer recognises a product-development chain; it counts from today.

    Refused while a predicate other than the recognition itself does not hold,
    or if the officer belongs to a party (PD8).
    """
    chain = _decidable(session, who, public_id, ChainKind.PRODUCT_DEVELOPMENT)
    _require_predicates(session, chain, today)
    recognition = Recognition(
        chain_id=chain.id,
        number=next_number(session, who, chain, today),
        issuer_id=who.organisation_id,
        issued_on=today,
        decided_by_id=who.user_id,
        decided_at=now,
    )
    session.add(recognition)
    return _decided(session, chain, today, now)


def propose_confirmation(
    session: Session,
    who: Actor,
    public_id: str,
    *,
    today: date,
    valid_to: date | None = None,
) -> Recognition:
    """The first pair of eyes: an officer proposes to confirm a safe chain.

    It lasts as long as the papers it rests on, unless the officer chose another
    last day; once those are renewed, it may be confirmed anew.
    """
    chain = _confirmable(session, who, public_id, today)
    _require_predicates(session, chain, today)
    if standing_confirmation(session, chain, today):
        raise Refused(N_("Chuỗi này đã được đề nghị xác nhận, cần cán bộ thứ hai"))
    term = term_of(session, chain, today=today)
    proposal = Recognition(
        chain_id=chain.id,
        number=next_number(session, who, chain, today),
        issuer_id=who.organisation_id,
        issued_on=today,
        valid_to=choose_last_day(term, valid_to, today=today),
        proposed_by_id=who.user_id,
    )
    session.add(proposal)
    session.flush()  # one open proposal a chain
    return proposal


def confirm_chain(
    session: Session, who: Actor, public_id: str, *, today: date, now: datetime
) -> Chain:
    """The second pair of eyes: another officer confirms; it counts from today."""
    chain = _confirmable(session, who, public_id, today)
    proposal = open_confirmation(session, chain)
    if proposal is None:
        raise Refused(N_("Cần một cán bộ đề nghị xác nhận trước"))
    if proposal.proposed_by_id == who.user_id:
        raise Refused(N_("Người đề nghị không được tự xác nhận"))
    _require_predicates(session, chain, today)
    if proposal.valid_to is not None and proposal.valid_to <= today:
        raise Refused(N_("Ngày hết hiệu lực được đề nghị đã qua, cần đề nghị mới"))
    proposal.issued_on, proposal.decided_at = today, now
    proposal.decided_by_id = who.user_id
    return _decided(session, chain, today, now)


def return_chain(
    session: Session,
    who: Actor,
    public_id: str,
    reason: str,
    *,
    today: date,
    now: datetime,
) -> Chain:
    """An officer sends an application back, with the reason."""
    chain = _officers_chain(session, who, public_id)
    if chain.state is not ChainState.SUBMITTED:
        raise Refused(N_("Chuỗi này không chờ công nhận"))
    if not reason.strip():
        raise Refused(N_("Nói rõ cần bổ sung gì"), "reason")
    if proposal := open_confirmation(session, chain):
        proposal.withdrawn_on, proposal.withdrawn_reason = today, reason
    chain.returned_on, chain.returned_reason = today, reason
    session.flush()  # the evaluation looks at it
    _tell_lead(session, chain, NoticeKind.CHAIN_RETURNED, now, reason=reason)
    return evaluate_chain(session, chain.id, today=today, now=now)


def withdraw_recognition(
    session: Session,
    who: Actor,
    public_id: str,
    reason: str,
    *,
    today: date,
    now: datetime,
) -> Chain:
    """An officer takes a recognition or confirmation back; it stops counting."""
    chain = _officers_chain(session, who, public_id)
    given = [r for r in chain.recognitions if r.decided_at and not r.withdrawn_on]
    if not given:
        raise Refused(N_("Chuỗi này chưa được công nhận"))
    if not reason.strip():
        raise Refused(N_("Nói rõ vì sao rút"), "reason")
    given[-1].withdrawn_on, given[-1].withdrawn_reason = today, reason
    session.flush()  # the evaluation looks at it
    return evaluate_chain(session, chain.id, today=today, now=now)


def record_fact(
    session: Session,
    who: Actor,
    public_id: str,
    kind: str,
    *,
    passed: bool | None,
    note: str,
    today: date,
    now: datetime,
) -> Chain:
    """A post-check, a sample or a stop on record; an officer writes it down.

    The lead itself may declare a stop.
    """
    chain = access_chain(session, who, public_id, "write")
    if not who.is_officer and kind not in ("stop", "resume"):
        raise NotFound
    session.add(
        ChainFact(
            chain_id=chain.id,
            kind=kind,
            on=today,
            recorded_on=today,
            passed=passed,
            note=note,
            by_id=who.user_id,
        )
    )
    session.flush()  # the evaluation looks at it
    session.expire(chain, ["facts"])
    if chain.submitted_at is None:
        return chain
    return evaluate_chain(session, chain.id, today=today, now=now)


def _officers_chain(session: Session, who: Actor, public_id: str) -> Chain:
    if not who.is_officer:
        raise NotFound
    chain = access_chain(session, who, public_id, "decide")
    session.refresh(chain, with_for_update={"key_share": True})
    return chain


def _decidable(session: Session, who: Actor, public_id: str, kind: ChainKind) -> Chain:
    chain = _officers_chain(session, who, public_id)
    if chain.kind is not kind or chain.state is not ChainState.SUBMITTED:
        raise Refused(N_("Chuỗi này không chờ công nhận"))
    _require_no_party(session, who, chain)
    return chain


def _confirmable(session: Session, who: Actor, public_id: str, today: date) -> Chain:
    """A safe chain that waits for its confirmation, or may have a longer one."""
    chain = _officers_chain(session, who, public_id)
    waits = chain.kind is ChainKind.SAFE_SUPPLY and chain.state is ChainState.SUBMITTED
    if not waits and not is_renewable(chain, term_of(session, chain, today=today)):
        raise Refused(N_("Chuỗi này không chờ xác nhận"))
    _require_no_party(session, who, chain)
    return chain


def _require_no_party(session: Session, who: Actor, chain: Chain) -> None:
    mine = select(Membership.organisation_id).where(Membership.user_id == who.user_id)
    if set(session.scalars(mine)) & parties_of(session, chain):
        raise Refused(N_("Người của một bên trong chuỗi không được công nhận chuỗi"))


def _require_predicates(session: Session, chain: Chain, today: date) -> None:
    for result in look_at(session, chain, today=today):
        given = result.code in _GIVEN_BY_RECOGNITION
        if result.fails and not given and result.reason != "post_check_due":
            raise Refused(
                N_("Chưa đủ điều kiện %(code)s: %(title)s"),
                code=result.code,
                title=PREDICATE_TITLES[result.code],
            )


def _decided(session: Session, chain: Chain, today: date, now: datetime) -> Chain:
    session.flush()  # the evaluation looks at the recognition
    session.expire(chain, ["recognitions"])
    freeze_recognition(session, chain, now=now)
    _tell_lead(session, chain, NoticeKind.CHAIN_RECOGNISED, now)
    return evaluate_chain(session, chain.id, today=today, now=now)


def _tell_lead(
    session: Session, chain: Chain, kind: NoticeKind, now: datetime, reason: str = ""
) -> None:
    notify_organisation(
        session,
        chain.lead_id,
        kind,
        f"chain:{chain.public_id}",
        {"chain": chain.name, "reason": reason},
        now=now,
        version=len(chain.recognitions) + 1,
    )
