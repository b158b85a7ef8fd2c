"""Sums over the registers, made by the database: the lists may be long."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
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
from marketplace.services.units import lies_within
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
    papers = held.with_only_columns(
        Certificate.organisation_id,
        Certificate.output_kg_per_year,
        Certificate.area_id,
        Certificate.area_ha,
        and_(*_verified_cooperatives(on)).label("cooperative"),
        Certificate.organisation_id.in_(_drawers(on)).label("drawn"),
    ).cte()
    holders = func.count(papers.c.organisation_id.distinct())
    cooperatives, output, said = session.execute(
        select(
            holders.filter(papers.c.cooperative),
            func.sum(papers.c.output_kg_per_year),
            _said(papers),
        )
    ).one()
    land = _drawn_land(session, held, on) + Land(declared_ha=_hectares(said))
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
            lies_within(session, Organisation.unit_id, units),
        )
    )
    return session.scalar(wanted) or 0


def _cooperatives(
    session: Session, on: date, units: Collection[int]
) -> list[ColumnElement[bool]]:
    return [
        *_verified_cooperatives(on),
        lies_within(session, Organisation.unit_id, units),
    ]


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
            lies_within(session, Organisation.unit_id, units),
        )
    )


def _drawers(on: date) -> Select[Any]:
    """Who has drawn plots: then all its land is measured, else it is as declared."""
    return (
        select(GrowingArea.organisation_id)
        .join(Plot, Plot.area_id == GrowingArea.id)
        .where(drawn_on(on))
    )


def _drawn_land(session: Session, held: Select[Any], on: date) -> Land:
    drawn = held.where(Certificate.organisation_id.in_(_drawers(on)))
    papers = session.scalars(
        select(Certificate)
        .where(Certificate.id.in_(drawn))
        .order_by(Certificate.id)
        .options(selectinload(Certificate.further))
    ).all()
    return land_certified(session, papers, on) if papers else Land()


def _said(papers: Any) -> Any:
    """Of each area the most that one of its papers says; loose hectares beside."""
    loose = papers.c.area_id.is_(None)
    largest = (
        select(func.max(papers.c.area_ha).label("ha"))
        .where(~papers.c.drawn, ~loose)
        .group_by(papers.c.area_id)
        .subquery()
    )
    beside = select(func.sum(papers.c.area_ha)).where(~papers.c.drawn, loose)
    named = select(func.sum(largest.c.ha)).scalar_subquery()
    return func.coalesce(named, 0) + func.coalesce(beside.scalar_subquery(), 0)


def _hectares(sum_: Any) -> Decimal:
    """One database sums in binary fractions."""
    return Decimal(str(sum_ or 0)).quantize(_SQUARE_METRE)
