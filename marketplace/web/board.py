"""The authority's board, and the registers behind its numbers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.domain.words import CertificateScheme, ChainKind
from marketplace.services.alert_history import view_alerts
from marketplace.services.board import (
    chain_matrix,
    declared_beside,
    headline,
    register_figures,
    trend,
)
from marketplace.services.board_calls import expiring_papers, waiting
from marketplace.services.board_targets import targets_beside
from marketplace.services.chain_evaluation import params_on
from marketplace.services.register_sums import expiring_number
from marketplace.services.registers import (
    certificates_on,
    codes_on,
    cooperatives_on,
)
from marketplace.services.report_areas import areas_of, communes_in
from marketplace.web.access import Right, current_actor, requires
from marketplace.web.board_areas import AskedArea, asked_area
from marketplace.web.board_news import news_panel
from marketplace.web.clock import now, today
from marketplace.web.days import asked_day
from marketplace.web.paging import page_of
from marketplace.web.tiles import tiles_of
from models.database import transaction

bp = Blueprint("board", __name__, url_prefix="/tong-quan")

EXPIRY_DAYS = (30, 60, 90, 180)
METRICS = (
    "product_development",
    "safe_supply",
    "cooperatives",
    "members",
    "vietgap_cooperatives",
    "vietgap_area",
    "vietgap_certified_area",
    "vietgap_output",
    "export_codes",
    "new_codes",
    "export_code_area",
    "ocop_products",
)


@bp.get("/")
@requires(Right.OFFICIATE)
def overview() -> ResponseReturnValue:
    """Counts, map, trend, expiring papers and what waits, on any day."""
    with transaction(read_only=True) as session:
        area = asked_area(session)
        return render_template(
            "board/overview.html",
            today=today(),
            now=now(),
            area=area,
            areas=areas_of(session, current_actor(), today=today()),
            **_numbers(session, area.units),
            **_calls(session, area),
        )


def _numbers(session: Session, units: Collection[int]) -> dict[str, Any]:
    """What is counted on the day asked for, and beside it what was declared."""
    on, kind = asked_day(), _kind()
    former = request.args.get("dia-gioi") == "cu"
    matrix = chain_matrix(session, on, units, kind=kind, former=former)
    return {
        "on": on,
        "chain_kind": kind,
        "former": former,
        "must_trace": params_on(session, on).require_traceability,
        "counts": headline(session, on, on - timedelta(days=365), units),
        "figures": register_figures(session, on, units),
        "matrix": matrix,
        "tiles": tiles_of(matrix, communes_in(session, units, former=former), former),
        "trend": trend(session, on, units),
        "declared": declared_beside(session, METRICS, on),
    }


def _calls(session: Session, area: AskedArea) -> dict[str, Any]:
    """What waits for the officer, is new, or is aimed at."""
    who, days = current_actor(), _expiry_days()
    return {
        "expiring": expiring_papers(session, today(), area.units, days),
        "expiring_number": expiring_number(session, today(), area.units, days),
        "expiry_days": days,
        "choices": EXPIRY_DAYS,
        "waiting": waiting(session, who, today()),
        "alerts": view_alerts(session, who),
        "news": news_panel(session),
        "targets": targets_beside(session, who, asked_day(), area=area.code),
    }


def _kind() -> ChainKind:
    asked = request.args.get("loai", "")
    return ChainKind(asked) if asked in set(ChainKind) else ChainKind.SAFE_SUPPLY


def _expiry_days() -> int:
    asked = request.args.get("han", "")
    return int(asked) if asked in {str(days) for days in EXPIRY_DAYS} else 60


@bp.get("/so/<register>")
@requires(Right.OFFICIATE)
def records(register: str) -> ResponseReturnValue:
    """The list behind a number of the board: the same query, the same day."""
    on = asked_day()
    with transaction(read_only=True) as session:
        units = asked_area(session).units
        rows: Any
        if register == "hop-tac-xa":
            rows = cooperatives_on(session, on, units)
        elif register == "ma-vung":
            rows = _of_market(codes_on(session, on, units))
        elif register == "vietgap":
            rows = certificates_on(session, CertificateScheme.VIETGAP, on, units)
        elif register == "ocop":
            rows = certificates_on(session, CertificateScheme.OCOP, on, units)
        else:
            return redirect(url_for("board.overview"))
        return render_template(
            "board/records.html",
            register=register,
            page=page_of(rows),
            on=on,
            today=today(),
        )


def _of_market(codes: Any) -> Any:
    market = request.args.get("thi-truong")
    return [code for code in codes if not market or code.market == market]
