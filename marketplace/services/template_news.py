"""Who is told of a template: the second pair of eyes, then its writer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Role
from marketplace.domain.words import MembershipState, NoticeKind
from marketplace.services.notices import notify_user
from models.contract_templates import ContractTemplate
from models.organisations import Membership


def tell_second_officers(
    session: Session, template: ContractTemplate, *, now: datetime
) -> int:
    """Every officer but the writer may approve it; how many are told."""
    officers = session.scalars(
        select(Membership)
        .where(
            Membership.role == Role.OFFICER,
            Membership.state == MembershipState.ACTIVE,
            Membership.user_id != template.written_by_id,
        )
        .order_by(Membership.user_id)
    ).all()
    kind = NoticeKind.TEMPLATE_WAITING
    return sum(_tell(session, template, kind, one, now) for one in officers)


def tell_writer(
    session: Session, template: ContractTemplate, kind: NoticeKind, *, now: datetime
) -> None:
    """The writer learns what another officer made of the version, and why."""
    seats = select(Membership).where(
        Membership.user_id == template.written_by_id,
        Membership.role == Role.OFFICER,
        Membership.state == MembershipState.ACTIVE,
    )
    for seat in session.scalars(seats).all():
        _tell(session, template, kind, seat, now)


def _tell(
    session: Session,
    template: ContractTemplate,
    kind: NoticeKind,
    seat: Membership,
    now: datetime,
) -> bool:
    """Once for each step of the version's journal."""
    step, writer = template.steps[-1], template.written_by
    params: dict[str, object] = {
        "number": template.version,
        "writer": writer.name if writer else "",
        "day": template.valid_from.isoformat() if template.valid_from else "",
        "reason": step.text,
    }
    return notify_user(
        session,
        seat.user_id,
        kind,
        f"template:{template.public_id}",
        {name: value for name, value in params.items() if value},
        now=now,
        version=step.position,
        organisation_id=seat.organisation_id,
    )
