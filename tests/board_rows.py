"""Rows of the board that officers write, for tests."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.commands_board import CorrectBaseline
from marketplace.domain.reports import FileKind, ReportForm
from marketplace.domain.words_board import BoardMetric, Communes, StatedKind
from marketplace.services.baseline_corrections import (
    correct_baseline,
    corrections_of,
)
from marketplace.services.report_orders import OrderReport, order_report
from models.baseline_corrections import BaselineCorrection
from models.reference import AreaGroup, DeclaredBaseline
from models.report_orders import ReportOrder
from models.stated_numbers import StatedNumber
from tests.factories import NOW


def target(session: Session, make: Any, **over: Any) -> StatedNumber:
    """A target of the former district Sông Mã that waits for a second officer."""
    officer = make.officer()
    wanted = select(AreaGroup.id).where(AreaGroup.code == "D126")
    values: dict[str, Any] = {
        "kind": StatedKind.TARGET,
        "metric": BoardMetric.SAFE_SUPPLY,
        "area_group_id": session.scalars(wanted).one(),
        "day": date(2026, 12, 14),
        "period": "2026-N",
        "number": Decimal(36),
        "source": "Quyết định 45/QĐ-UBND",
        "organisation_id": officer.organisation_id,
        "entered_by_id": officer.user_id,
        "entered_at": NOW,
    }
    row = StatedNumber(**{**values, **over})
    session.add(row)
    session.flush()
    return row


def declared(session: Session, metric: str = "cooperatives") -> DeclaredBaseline:
    """A number that the reference data declare of the former district Sông Mã."""
    wanted = select(DeclaredBaseline).join(
        AreaGroup, AreaGroup.id == DeclaredBaseline.area_group_id
    )
    found = wanted.where(DeclaredBaseline.metric == metric, AreaGroup.code == "D126")
    return session.scalars(found.order_by(DeclaredBaseline.id)).first()  # type: ignore[return-value]


def correction(session: Session, make: Any, who: Any = None) -> BaselineCorrection:
    """Of the number of cooperatives, and it waits for a second officer."""
    row = declared(session)
    last = len(corrections_of(session, row))
    command = CorrectBaseline("74", "Sổ của huyện", "Đếm trùng", after=last)
    who = who or make.officer()
    return correct_baseline(session, who, row.id, command, now=NOW)


def order(session: Session, make: Any, who: Any = None, **over: Any) -> ReportOrder:
    """A spreadsheet of Form A of this year that a worker is to write."""
    values: dict[str, Any] = {
        "form": ReportForm.CHAINS,
        "file": FileKind.EXCEL,
        "period": "2026-N",
        "area": "",
        "communes": Communes.TODAY,
        "against": "",
        "lang": "vi",
    }
    command = OrderReport(**{**values, **over})
    return order_report(session, who or make.officer(), command, now=NOW)
