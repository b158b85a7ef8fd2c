"""Officers answer organisations that wait: yes, not yet because, no because."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, Conflict, NotFound, Refused
from marketplace.domain.lifecycles import Lifecycle, check_transition
from marketplace.domain.names import clean_text
from marketplace.domain.words import (
    MembershipState,
    NoticeKind,
    OrganisationState,
    VerificationDecision,
)
from marketplace.services.jobs import enqueue_job
from marketplace.services.notices import (
    notify_officers,
    notify_organisation,
    notify_user,
)
from marketplace.services.organisations import oversees, within_scope
from models.organisations import Membership, Organisation, User, VerificationCase
from models.reads import read_once

_STATES = {
    VerificationDecision.VERIFIED: OrganisationState.VERIFIED,
    VerificationDecision.CHANGE_REQUESTED: OrganisationState.CHANGE_REQUESTED,
    VerificationDecision.REJECTED: OrganisationState.REJECTED,
}
_TOLD = {
    VerificationDecision.VERIFIED: NoticeKind.VERIFICATION_VERIFIED,
    VerificationDecision.CHANGE_REQUESTED: NoticeKind.VERIFICATION_CHANGE_REQUESTED,
    VerificationDecision.REJECTED: NoticeKind.VERIFICATION_REJECTED,
}


@dataclass(frozen=True)
class Decide:
    """An officer's answer; a no needs its reason."""

    decision: VerificationDecision
    reason: str = ""


def open_case(
    session: Session,
    organisation: Organisation,
    *,
    membership: Membership | None = None,
    now: datetime,
) -> VerificationCase:
    """Put an organisation, or a claim to one, into the queue; once while it waits."""
    claim = membership.id if membership else None
    if known := _waiting(session, organisation.id, claim):
        return known  # whoever sends again keeps the place in the line
    case = VerificationCase(
        organisation_id=organisation.id, membership_id=claim, submitted_at=now
    )
    session.add(case)
    session.flush()  # officers are told once for each case
    notify_officers(
        session,
        organisation.unit_id,
        NoticeKind.ORGANISATION_WAITING,
        f"case:{case.public_id}",
        {"organisation": organisation.name},
        now=now,
    )
    return case


def _waiting(
    session: Session, organisation_id: int, membership_id: int | None
) -> VerificationCase | None:
    # "= NULL" is never true, hence IS NOT DISTINCT FROM.
    return session.scalars(
        _open().where(
            VerificationCase.organisation_id == organisation_id,
            VerificationCase.membership_id.is_not_distinct_from(membership_id),
        )
    ).first()


def _open() -> Select[VerificationCase]:
    return select(VerificationCase).where(VerificationCase.decision.is_(None))


def list_queue(
    session: Session, who: Actor, *, limit: int = 20, offset: int = 0
) -> tuple[Sequence[VerificationCase], int]:
    """What waits in the officer's scope, oldest first, and how many."""
    name = (list_queue, who, limit, offset)
    return read_once(session, name, lambda: _queue(session, who, limit, offset))


def _queue(
    session: Session, who: Actor, limit: int, offset: int
) -> tuple[Sequence[VerificationCase], int]:
    waiting = (
        _open().join(VerificationCase.organisation).where(within_scope(session, who))
    )
    total = session.scalar(select(func.count()).select_from(waiting.subquery())) or 0
    page = waiting.options(
        joinedload(VerificationCase.organisation).joinedload(Organisation.unit),
        joinedload(VerificationCase.membership).joinedload(Membership.user),
    ).order_by(VerificationCase.submitted_at, VerificationCase.id)
    return session.scalars(page.limit(limit).offset(offset)).all(), total


def access_case(
    session: Session, who: Actor, public_id: str, *, lock: bool = False
) -> VerificationCase:
    """A case of the officer's scope; NotFound for all others."""
    wanted = select(VerificationCase).where(VerificationCase.public_id == public_id)
    if lock:
        wanted = wanted.with_for_update(of=VerificationCase)
    case = session.scalars(wanted).first()
    if case is None or not oversees(who, case.organisation):
        raise NotFound
    return case


def cases_of(session: Session, organisation_id: int) -> Sequence[VerificationCase]:
    """What was decided about an organisation itself, the newest first."""
    return session.scalars(
        select(VerificationCase)
        .where(
            VerificationCase.organisation_id == organisation_id,
            VerificationCase.membership_id.is_(None),
        )
        .order_by(VerificationCase.id.desc())
    ).all()


def decide_case(
    session: Session, who: Actor, public_id: str, command: Decide, *, now: datetime
) -> VerificationCase:
    """Answer a case and tell the applicant; Conflict if another officer was faster."""
    reason = clean_text(command.reason, long=True, field="reason")
    if command.decision is not VerificationDecision.VERIFIED and len(reason) < 5:
        raise Refused(N_("Ghi rõ cần sửa gì, người nộp sẽ đọc đúng dòng này"), "reason")
    case = access_case(session, who, public_id, lock=True)
    if case.decision is not None:
        raise Conflict(N_("Hồ sơ này đã có người trả lời"))
    _refuse_own(session, who, case)
    case.decision, case.reason = command.decision, reason
    case.decided_at, case.decided_by_id = now, who.user_id
    if case.membership is not None:
        _decide_claim(session, case, case.membership, now)
    else:
        _decide_organisation(session, case, now)
    return case


def _refuse_own(session: Session, who: Actor, case: VerificationCase) -> None:
    """Nobody verifies an organisation of their own."""
    own = select(Membership.id).where(
        Membership.user_id == who.user_id,
        Membership.organisation_id == case.organisation_id,
        Membership.state != MembershipState.ENDED,
    )
    if session.scalar(own) is not None:
        raise Refused(N_("Không tự xác minh tổ chức của mình"))


def _decide_organisation(
    session: Session, case: VerificationCase, now: datetime
) -> None:
    assert case.decision is not None
    organisation = case.organisation
    check_transition(Lifecycle.ORGANISATION, organisation.state, _STATES[case.decision])
    organisation.state = _STATES[case.decision]
    verified = case.decision is VerificationDecision.VERIFIED
    organisation.verified_at = now if verified else None
    notify_organisation(
        session,
        organisation.id,
        _TOLD[case.decision],
        f"organisation:{organisation.public_id}",
        {"organisation": organisation.name, "reason": case.reason},
        now=now,
        version=case.id,
    )
    rematch(session)


def _decide_claim(
    session: Session, case: VerificationCase, membership: Membership, now: datetime
) -> None:
    assert case.decision is not None
    if case.decision is VerificationDecision.VERIFIED:
        membership.state = MembershipState.ACTIVE
    elif case.decision is VerificationDecision.REJECTED:
        membership.state, membership.ended_at = MembershipState.ENDED, now
    notify_user(
        session,
        membership.user_id,
        _TOLD[case.decision],
        f"organisation:{case.organisation.public_id}",
        {"organisation": case.organisation.name, "reason": case.reason},
        now=now,
        version=case.id,
        organisation_id=case.organisation_id,
    )


def resubmit(session: Session, organisation: Organisation, *, now: datetime) -> None:
    """The applicant has changed the papers: back into the queue."""
    # One case, however often; and not what is being suspended at this moment.
    session.refresh(organisation, with_for_update={"key_share": True})
    if organisation.state is OrganisationState.SUSPENDED:
        raise Refused(N_("Tổ chức đang bị tạm khóa. Gọi cơ quan quản lý để được mở"))
    organisation.state = OrganisationState.PENDING
    organisation.verified_at = None
    open_case(session, organisation, now=now)


def rematch(session: Session) -> None:
    """Who is on the market has changed."""
    enqueue_job(session, "matching.run", key="market", due_in_seconds=2)


def applicant_of(session: Session, case: VerificationCase) -> User | None:
    """Who has sent it: the claimant, else the organisation's first person."""
    if case.membership is not None:
        return case.membership.user
    return session.scalars(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organisation_id == case.organisation_id)
        .order_by(Membership.id)
        .limit(1)
    ).first()
