"""What strangers report about a box, and what those who answer for it do."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.domain.actor import Actor
from marketplace.domain.commands_codes import ReportBox
from marketplace.domain.errors import N_, NotFound, Refused
from marketplace.domain.names import clean_text
from marketplace.domain.words import NoticeKind
from marketplace.services.notices import notify_officers, notify_organisation
from models.box_reports import BoxReport
from models.lots import Lot, LotHolding
from models.organisations import Organisation


def report_box(
    session: Session, lot: Lot, command: ReportBox, *, now: datetime
) -> BoxReport:
    """Keep the report, and tell the maker, who holds the lot now, and the officers."""
    text = clean_text(command.text, long=True, field="text")
    if not text:
        raise Refused(N_("Viết vài chữ về điều bạn thấy"), "text")
    report = BoxReport(
        lot_id=lot.id,
        complaint=command.complaint,
        text=text,
        contact=clean_text(command.contact, field="contact"),
        at=now,
    )
    session.add(report)
    session.flush()  # notices name it
    subject, kind = f"box:{report.public_id}", NoticeKind.BOX_REPORTED
    params: dict[str, object] = {"lot": lot.code}
    for organisation_id in sorted({lot.organisation_id, *_holders(lot)}):
        notify_organisation(session, organisation_id, kind, subject, params, now=now)
    notify_officers(session, lot.organisation.unit_id, kind, subject, params, now=now)
    return report


def _holders(lot: Lot) -> set[int]:
    return {one.organisation_id for one in lot.holdings if one.kg > 0}


def _reaches(who: Actor) -> ColumnElement[bool]:
    """Reports about lots that the actor made or holds, or of an officer's scope."""
    if who.is_officer:
        homes = select(Organisation.id).where(
            Organisation.unit_id.in_(who.scope_unit_ids)
        )
        return Lot.organisation_id.in_(homes)
    held = select(LotHolding.lot_id).where(
        LotHolding.organisation_id == who.organisation_id, LotHolding.kg > 0
    )
    return or_(Lot.organisation_id == who.organisation_id, Lot.id.in_(held))


def list_box_reports(session: Session, who: Actor) -> list[BoxReport]:
    """Open ones first, then the answered, the newest of each first."""
    return list(
        session.scalars(
            select(BoxReport)
            .join(BoxReport.lot)
            .where(_reaches(who))
            .options(joinedload(BoxReport.lot).joinedload(Lot.product))
            .order_by(
                BoxReport.closed_at.is_not(None), BoxReport.at.desc(), BoxReport.id
            )
            .limit(500)
        )
    )


def access_box_report(session: Session, who: Actor, public_id: str) -> BoxReport:
    """A report that reaches the actor; NotFound for everybody else."""
    report = session.scalars(
        select(BoxReport)
        .join(BoxReport.lot)
        .where(BoxReport.public_id == public_id, _reaches(who))
    ).first()
    if report is None:
        raise NotFound
    return report


def may_close(who: Actor, report: BoxReport) -> bool:
    """The maker answers for its box; so do the officers of its place."""
    return who.is_officer or who.organisation_id == report.lot.organisation_id


def close_box_report(
    session: Session, who: Actor, public_id: str, answer: str, *, now: datetime
) -> BoxReport:
    """Say what came of it; the contact is forgotten then. A second answer changes none.

    Refused without words, or for a holder who did not make the lot.
    """
    report = access_box_report(session, who, public_id)
    session.refresh(report, with_for_update=True)
    if not may_close(who, report):
        raise NotFound
    if report.closed_at is not None:
        return report
    said = clean_text(answer, long=True, field="answer")
    if not said:
        raise Refused(N_("Ghi đã xem xét và xử lý thế nào"), "answer")
    report.closed_at, report.closed_by_id, report.answer = now, who.user_id, said
    report.contact = ""
    return report
