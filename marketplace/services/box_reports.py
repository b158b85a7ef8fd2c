"""What strangers report about a box, and what those who answer for it do."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, exists, literal, or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.domain.actor import Actor
from marketplace.domain.commands_codes import ReportBox
from marketplace.domain.errors import N_, NotFound, Refused
from marketplace.domain.names import clean_text
from marketplace.domain.words import NoticeKind
from marketplace.services.lot_graph import descendants
from marketplace.services.notices import notify_officers, notify_organisation
from models.box_reports import BoxReport
from models.bulk import among
from models.lots import Lot, LotHolding
from models.notices import Notice
from models.organisations import Organisation
from models.trade_items import TradeItem

LONGEST_CODE = 20  # of GS1's lot numbers


def report_box(
    session: Session, lot: Lot, command: ReportBox, *, now: datetime
) -> BoxReport:
    """Keep the report, and tell the maker, who holds the lot now, and the officers."""
    report = _keep(session, BoxReport(lot=lot), command, now)
    _tell(session, report, {lot.organisation_id, *_holders(session, lot)}, now)
    return report


def report_unknown(
    session: Session, item: TradeItem, code: str, command: ReportBox, *, now: datetime
) -> BoxReport:
    """The same about a box that bears an item's GTIN and a lot that nobody knows."""
    told = clean_text(code, field="text")[:LONGEST_CODE]
    report = _keep(session, BoxReport(item=item, told_code=told), command, now)
    _tell(session, report, {item.organisation_id}, now)
    return report


def _keep(
    session: Session, report: BoxReport, command: ReportBox, now: datetime
) -> BoxReport:
    report.complaint, report.at = command.complaint, now
    report.text = clean_text(command.text, long=True, field="text")
    report.contact = clean_text(command.contact, field="contact")
    if not report.text:
        raise Refused(N_("Viết vài chữ về điều bạn thấy"), "text")
    session.add(report)
    session.flush()  # notices name it
    return report


def _tell(
    session: Session, report: BoxReport, organisations: set[int], now: datetime
) -> None:
    subject, kind = f"box:{report.public_id}", NoticeKind.BOX_REPORTED
    params: dict[str, object] = {"lot": report.code}
    for organisation_id in sorted(organisations):
        notify_organisation(session, organisation_id, kind, subject, params, now=now)
    unit = report.goods.organisation.unit_id
    notify_officers(session, unit, kind, subject, params, now=now)


def _holders(session: Session, lot: Lot) -> set[int]:
    """Who has some of the lot, or of what was made of it."""
    wanted = select(LotHolding.organisation_id).where(
        among(session, LotHolding.lot_id, descendants(session, [lot.id])),
        LotHolding.kg > 0,
    )
    return set(session.scalars(wanted))


def _reaches(who: Actor) -> ColumnElement[bool]:
    """Reports about what the actor made, sells or holds, or of an officer's scope.

    Whoever was told of one keeps it, wherever the goods went since.
    """
    if who.is_officer:
        homes = select(Organisation.id).where(
            Organisation.unit_id.in_(who.scope_unit_ids)
        )
        return or_(Lot.organisation_id.in_(homes), TradeItem.organisation_id.in_(homes))
    held = select(LotHolding.lot_id).where(
        LotHolding.organisation_id == who.organisation_id, LotHolding.kg > 0
    )
    own = (Lot.organisation_id, TradeItem.organisation_id)
    told = exists().where(
        Notice.organisation_id == who.organisation_id,
        Notice.subject == literal("box:") + BoxReport.public_id,
    )
    return or_(*(one == who.organisation_id for one in own), Lot.id.in_(held), told)


def list_box_reports(session: Session, who: Actor) -> list[BoxReport]:
    """Open ones first, then the answered, the newest of each first."""
    return list(
        session.scalars(
            select(BoxReport)
            .outerjoin(BoxReport.lot)
            .outerjoin(BoxReport.item)
            .where(_reaches(who))
            .options(
                joinedload(BoxReport.lot).joinedload(Lot.product),
                joinedload(BoxReport.item).joinedload(TradeItem.product),
            )
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
        .outerjoin(BoxReport.lot)
        .outerjoin(BoxReport.item)
        .where(BoxReport.public_id == public_id, _reaches(who))
    ).first()
    if report is None:
        raise NotFound
    return report


def may_close(who: Actor, report: BoxReport) -> bool:
    """The maker answers for its box; so do the officers of its place."""
    return who.is_officer or who.organisation_id == report.goods.organisation_id


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
