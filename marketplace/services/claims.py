"""People who say to belong to a known organisation, until an officer confirms it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.domain.words import MembershipState
from marketplace.services.verification import open_case
from models.organisations import Membership, VerificationCase


def resubmit_claim(session: Session, user_id: int, *, now: datetime) -> None:
    """A claim that was sent back is put before the officer again."""
    for membership in pending_claims(session, user_id):
        open_case(session, membership.organisation, membership=membership, now=now)


def pending_claims(session: Session, user_id: int) -> Sequence[Membership]:
    """Organisations that the person has claimed and nobody has confirmed yet."""
    return session.scalars(
        select(Membership)
        .where(
            Membership.user_id == user_id,
            Membership.state == MembershipState.PENDING,
        )
        .options(joinedload(Membership.organisation))
        .order_by(Membership.id)
    ).all()


def last_answer(session: Session, membership: Membership) -> VerificationCase | None:
    """The newest case of a claim, answered or not."""
    return session.scalars(
        select(VerificationCase)
        .where(VerificationCase.membership_id == membership.id)
        .order_by(VerificationCase.id.desc())
        .limit(1)
    ).first()
