"""The forms of the province: computed once for page and file, and who took a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.domain.actor import Actor
from marketplace.domain.canonical import digest_of_text
from marketplace.domain.report_comparison import compare_tables
from marketplace.domain.reports import FileKind, Report, ReportForm
from marketplace.domain.words_board import Communes
from marketplace.services.report_a import report_a
from marketplace.services.report_b import report_b
from marketplace.services.report_c import report_c
from marketplace.services.report_d import report_d
from marketplace.services.report_e import report_e
from marketplace.services.report_places import former_notes
from marketplace.services.report_scopes import ReportScope
from models.report_exports import ReportExport

_BUILDERS: Mapping[ReportForm, Callable[[Session, ReportScope], Report]] = {
    ReportForm.CHAINS: report_a,
    ReportForm.LINKAGE: report_b,
    ReportForm.CODES: report_c,
    ReportForm.CONSUMPTION: report_d,
    ReportForm.COOPERATIVES: report_e,
}
FORMS = tuple(_BUILDERS)
# How many cells after the number name a row: a code has a market and a crop.
_NAMED_BY = {ReportForm.CODES: 2}


def build_report(
    session: Session,
    form: ReportForm,
    scope: ReportScope,
    against: ReportScope | None = None,
) -> Report:
    """The form for an area and a period, from stored states and dated records.

    With another period, a comparison of both follows the form.
    """
    report = _BUILDERS[form](session, scope)
    report = replace(report, notes=[*report.notes, *former_notes(session, scope)])
    if against is None:
        return report
    other = _BUILDERS[form](session, against)
    first, *details = report.tables
    compared = compare_tables(first, other.tables[0], _NAMED_BY.get(form, 1))
    return replace(report, tables=[first, compared, *details], against=other.head)


def log_export(
    session: Session, who: Actor, report: Report, file: FileKind, *, now: datetime
) -> ReportExport:
    """Write down who takes this report as a file."""
    head = report.head
    taken = ReportExport(
        form=report.form,
        file=file,
        period=head.period.code,
        area=head.area,
        communes=head.communes,
        against=report.against.period.code if report.against else "",
        as_of=head.on,
        definitions=head.version,
        digest=digest_of_report(report),
        organisation_id=who.organisation_id,
        user_id=who.user_id,
        at=now,
    )
    session.add(taken)
    return taken


def digest_of_report(report: Report) -> str:
    """SHA-256 over head and rows, whatever language they are shown in."""
    content = asdict(report)
    if report.against is None:  # as files before there was a comparison
        del content["against"]
    for head in filter(None, (content["head"], content.get("against"))):
        if head["communes"] is Communes.TODAY:  # as files before there was a choice
            del head["communes"]
    return digest_of_text(json.dumps(content, sort_keys=True, default=str))


def list_exports(
    session: Session, who: Actor, limit: int = 20
) -> Sequence[ReportExport]:
    """What one's own authority took last, newest first."""
    return session.scalars(
        select(ReportExport)
        .where(ReportExport.organisation_id == who.organisation_id)
        .order_by(ReportExport.at.desc(), ReportExport.id.desc())
        .limit(limit)
        .options(joinedload(ReportExport.user))
    ).all()
