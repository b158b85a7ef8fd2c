"""Take an organisation off the market for a while, and let it back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, NotFound, Refused
from marketplace.domain.names import clean_text
from marketplace.domain.words import NoticeKind, OrganisationState
from marketplace.services.notices import notify_organisation
from marketplace.services.organisations import oversees
from marketplace.services.proposal_ending import end_of_party
from marketplace.services.verification import rematch
from models.organisations import Organisation


def suspend_organisation(
    session: Session,
    who: Actor,
    organisation: Organisation,
    reason: str,
    *,
    now: datetime,
) -> None:
    """Take an organisation off the market, with the reason; its people are told."""
    reason = clean_text(reason, long=True, field="reason")
    if len(reason) < 5:
        raise Refused(N_("Ghi lý do tạm khóa, tổ chức sẽ đọc đúng dòng này"), "reason")
    if not oversees(who, organisation):
        raise NotFound
    if organisation.state is not OrganisationState.VERIFIED:
        raise Refused(N_("Chỉ tạm khóa tổ chức đã xác minh"))
    organisation.state = OrganisationState.SUSPENDED
    notify_organisation(
        session,
        organisation.id,
        NoticeKind.ORGANISATION_SUSPENDED,
        f"organisation:{organisation.public_id}",
        {"organisation": organisation.name, "reason": reason},
        now=now,
        version=int(now.timestamp()),
    )
    end_of_party(session, organisation, now=now)
    rematch(session)


def lift_suspension(
    session: Session, who: Actor, organisation: Organisation, *, now: datetime
) -> None:
    """Let a suspended organisation back onto the market."""
    if not oversees(who, organisation):
        raise NotFound
    if organisation.state is not OrganisationState.SUSPENDED:
        raise Refused(N_("Tổ chức này không bị khóa"))
    organisation.state, organisation.verified_at = OrganisationState.VERIFIED, now
    notify_organisation(
        session,
        organisation.id,
        NoticeKind.VERIFICATION_VERIFIED,
        f"organisation:{organisation.public_id}",
        {"organisation": organisation.name, "reason": ""},
        now=now,
        version=int(now.timestamp()),
    )
    rematch(session)
