"""Reports that a worker writes: ordered, built form by form, kept, told, forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import NotFound
from marketplace.domain.reports import FileKind, Report, ReportForm
from marketplace.domain.words import MembershipState, NoticeKind
from marketplace.domain.words_board import Communes
from marketplace.services.jobs import enqueue_job
from marketplace.services.notices import notify_user
from marketplace.services.report_scopes import (
    ReportScope,
    place_of,
    scope_before,
    scope_report,
)
from marketplace.services.reports import FORMS, build_report, log_export
from marketplace.services.units import scope_of
from models.chains import Chain
from models.jobs import Job
from models.organisations import Membership, Organisation
from models.report_orders import ReportOrder

KIND = "reports.write"
LONG = 2_000  # chains and organisations; above that a page would keep one waiting
KEPT = timedelta(days=30)


@dataclass(frozen=True)
class OrderReport:
    """What an officer asks for; no form is all forms."""

    form: ReportForm | None
    file: FileKind
    period: str
    area: str
    communes: Communes
    against: str
    lang: str


def is_long(session: Session, scope: ReportScope) -> bool:
    """Whether the area is so large that a worker writes its reports."""
    counts = (
        select(func.count(table.id)).where(table.unit_id.in_(scope.units))
        for table in (Chain, Organisation)
    )
    return sum(session.scalar(count) or 0 for count in counts) > LONG


def order_report(
    session: Session, who: Actor, command: OrderReport, *, now: datetime
) -> ReportOrder:
    """Ask a worker for the file; who asked is told when it is ready."""
    order = ReportOrder(
        form=command.form,
        file=command.file,
        period=command.period,
        area=command.area,
        communes=command.communes,
        against=command.against,
        lang=command.lang,
        organisation_id=who.organisation_id,
        user_id=who.user_id,
        asked_at=now,
    )
    session.add(order)
    session.flush()  # the job names it
    payload = {"order": order.id}
    enqueue_job(session, KIND, order.public_id, payload, requested_by=who.user_id)
    return order


def access_order(session: Session, who: Actor, public_id: str) -> ReportOrder:
    """One's own order in this office; NotFound for all others."""
    order = session.scalars(
        select(ReportOrder).where(
            ReportOrder.public_id == public_id,
            ReportOrder.user_id == who.user_id,
            ReportOrder.organisation_id == who.organisation_id,
        )
    ).first()
    if order is None:
        raise NotFound
    return order


def job_of(session: Session, order: ReportOrder) -> Job | None:
    """The work on an order; forgotten a month after it ended."""
    wanted = select(Job).where(Job.kind == KIND, Job.key == order.public_id)
    return session.scalars(wanted.order_by(Job.id.desc())).first()


def forms_of(order: ReportOrder) -> Sequence[ReportForm]:
    """The forms to write, in their order."""
    return FORMS if order.form is None else (order.form,)


def build_ordered(
    session: Session, order_id: int, form: ReportForm, *, today: date
) -> Report:
    """One form of an order, within what who ordered it oversees now."""
    order = session.get_one(ReportOrder, order_id)
    who = _actor_of(session, order)
    asked, view = (order.period, order.area), order.communes
    scope = scope_report(session, who, *asked, today=today, communes=view)
    against = scope_before(session, scope, order.against, today=today)
    return build_report(session, form, scope, against)


def seat_of_order(session: Session, order: ReportOrder) -> str:
    """Where the authority that ordered has its seat."""
    return place_of(session, _actor_of(session, order))


def finish_order(
    session: Session,
    order_id: int,
    reports: Sequence[Report],
    name: str,
    data: bytes,
    *,
    now: datetime,
) -> None:
    """Keep the file, write down that it was taken, and tell who asked; once."""
    order = session.get_one(ReportOrder, order_id, with_for_update=True)
    if order.done_at is not None:
        return
    order.name, order.data, order.done_at = name, data, now
    who = _actor_of(session, order)
    for report in reports:
        log_export(session, who, report, order.file, now=now)
    notify_user(
        session,
        order.user_id,
        NoticeKind.REPORT_READY,
        f"report:{order.public_id}",
        {"name": name, "area": reports[0].head.area},
        now=now,
        organisation_id=order.organisation_id,
    )


def forget_orders(session: Session, *, now: datetime) -> None:
    """Drop the bytes of files that have lain for a month; the order stays on record."""
    session.execute(
        update(ReportOrder)
        .where(ReportOrder.done_at < now - KEPT, ReportOrder.data.is_not(None))
        .values(data=None)
    )


def _actor_of(session: Session, order: ReportOrder) -> Actor:
    """Who ordered, with what they oversee now; NotFound once they have left."""
    seat = session.scalars(
        select(Membership).where(
            Membership.user_id == order.user_id,
            Membership.organisation_id == order.organisation_id,
            Membership.state == MembershipState.ACTIVE,
        )
    ).first()
    if seat is None:
        raise NotFound
    units = scope_of(session, seat)
    return Actor(order.user_id, order.organisation_id, seat.role, units)
