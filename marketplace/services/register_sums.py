"""Sums over the registers, made by the database: the lists may be long."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session, selectinload

from marketplace.domain.land import Land
from marketplace.domain.words import (
    CertificateScheme,
    OrganisationKind,
    OrganisationState,
    PaperState,
)
from marketplace.services.land_under import drawn_on, land_certified
from marketplace.services.registers import certificate_counts, end_of
from models.bulk import within
from models.organisations import Organisation
from models.papers import Certificate, GrowingArea
from models.plots import Plot

_SQUARE_METRE = Decimal("0.0001")


def cooperative_sums(
    session: Session, on: date, units: Collection[int]
) -> dict[str, int]:
    """Verified cooperatives, their members and capital, as `cooperatives_on` lists."""
    number, members, capital = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(Organisation.official_members), 0),
            func.coalesce(func.sum(Organisation.charter_capital_vnd), 0),
        ).where(*_cooperatives(session, on, units))
    ).one()
    return {
        "cooperatives": number,
        "members": int(members or 0),
        "charter_capital_vnd": int(capital or 0),
    }


def vietgap_sums(session: Session, on: date, units: Collection[int]) -> dict[str, Any]:
    """Holders, land and mass under VietGAP; land under several papers counts once."""
    held = _held(session, CertificateScheme.VIETGAP, on, units)
    land = _land(session, held, on)
    holders = func.count(Certificate.organisation_id.distinct())
    cooperatives, output = session.execute(
        held.with_only_columns(
            holders.filter(*_verified_cooperatives(on)),
            func.sum(Certificate.output_kg_per_year),
        )
    ).one()
    return {
        "vietgap_cooperatives": cooperatives,
        "vietgap_area_ha": land.hectares,
        "vietgap_measured_ha": land.measured_ha,
        "vietgap_output_kg": int(output or 0),
    }


def number_of(
    session: Session, scheme: CertificateScheme, on: date, units: Collection[int]
) -> int:
    """Certificates of a scheme that count on the day."""
    held = _held(session, scheme, on, units)
    return session.scalar(held.with_only_columns(func.count())) or 0


def expiring_number(
    session: Session, today: date, units: Collection[int], days: int
) -> int:
    """How many counting certificates end within so many days."""
    wanted = (
        select(func.count())
        .select_from(Certificate)
        .join(Organisation, Organisation.id == Certificate.organisation_id)
        .where(
            Certificate.state == PaperState.ACTIVE,
            Certificate.verified_at.is_not(None),
            Certificate.expires_on.between(today, today + timedelta(days=days)),
            within(session, Organisation.unit_id, units),
        )
    )
    return session.scalar(wanted) or 0


def _cooperatives(
    session: Session, on: date, units: Collection[int]
) -> list[ColumnElement[bool]]:
    return [*_verified_cooperatives(on), within(session, Organisation.unit_id, units)]


def _verified_cooperatives(on: date) -> list[ColumnElement[bool]]:
    return [
        Organisation.kind == OrganisationKind.COOPERATIVE,
        Organisation.state == OrganisationState.VERIFIED,
        Organisation.verified_at < end_of(on),
    ]


def _held(
    session: Session, scheme: CertificateScheme, on: date, units: Collection[int]
) -> Select[Any]:
    return (
        select(Certificate.id)
        .join(Organisation, Organisation.id == Certificate.organisation_id)
        .where(
            Certificate.scheme == scheme,
            certificate_counts(on),
            within(session, Organisation.unit_id, units),
        )
    )


def _land(session: Session, held: Select[Any], on: date) -> Land:
    """Where a holder has drawn plots its land is measured, else it is as declared."""
    drawers = (
        select(GrowingArea.organisation_id)
        .join(Plot, Plot.area_id == GrowingArea.id)
        .where(drawn_on(on))
    )
    drawn = (
        select(Certificate)
        .where(Certificate.id.in_(held.where(Certificate.organisation_id.in_(drawers))))
        .order_by(Certificate.id)
        .options(selectinload(Certificate.further))
    )
    others = held.where(Certificate.organisation_id.not_in(drawers))
    columns = (Certificate.area_id, Certificate.area_ha)
    said = _said(session, others.with_only_columns(*columns).subquery())
    measured = land_certified(session, session.scalars(drawn).all(), on)
    return measured + Land(declared_ha=said)


def _said(session: Session, papers: Any) -> Decimal:
    """Of each area the most that one of its papers says; loose hectares beside."""
    most, all_ = func.max(papers.c.area_ha), func.sum(papers.c.area_ha)
    counted = case((papers.c.area_id.is_(None), all_), else_=most).label("ha")
    areas = select(counted).group_by(papers.c.area_id).subquery()
    found = session.scalar(select(func.sum(areas.c.ha))) or 0
    # One database sums in binary fractions.
    return Decimal(str(found)).quantize(_SQUARE_METRE)
