"""Rows of the board that officers write, for tests."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.reports import FileKind, ReportForm
from marketplace.domain.words_board import BoardMetric, Communes, StatedKind
from marketplace.services.report_orders import OrderReport, order_report
from models.reference import AreaGroup
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
