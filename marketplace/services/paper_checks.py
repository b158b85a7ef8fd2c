"""What a certificate or a code must be, with the limits in force on a day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from marketplace.domain.areas import (
    check_area,
    check_code,
    check_supervision,
    check_total_area,
)
from marketplace.domain.commands_papers import SaveCertificate, SaveCode
from marketplace.domain.errors import N_
from marketplace.domain.findings import Finding
from marketplace.domain.papers import check_number, check_stars, check_term
from marketplace.domain.words import CertificateScheme, Market, Severity
from marketplace.services.rules import rule
from models.papers import Certificate, GrowingArea, GrowingAreaCode
from models.reference import Rule

DAYS_A_MONTH = 30.4375


def check_certificate(
    session: Session, command: SaveCertificate, *, today: date
) -> list[Finding]:
    """CE-01 to CE-10: everything wrong or odd, in the order of the page."""
    usual, most = _months(session, command.scheme, today)
    findings = check_number(command.scheme, command.number)
    if command.scheme is CertificateScheme.OCOP:
        findings += check_stars(command.stars)
    elif command.stars is not None:
        message = N_("Chỉ OCOP có sao")
        findings.append(Finding("CE-08", Severity.ERROR, message, {}, "stars"))
    if command.issued_on > today:
        message = N_("Ngày cấp không được sau hôm nay")
        findings.append(Finding("CE-01", Severity.ERROR, message, {}, "issued_on"))
    return findings + check_term(
        command.scheme,
        command.issued_on,
        command.expires_on,
        usual_months=usual,
        most_months=most,
    )


def _months(
    session: Session, scheme: CertificateScheme, on: date
) -> tuple[int | None, int | None]:
    """Usual and longest term in months; where the rule only warns, no longest."""
    row = session.scalars(
        select(Rule).where(
            Rule.code == f"certificate.{scheme.value}",
            Rule.valid_from <= on,
            or_(Rule.valid_to.is_(None), on < Rule.valid_to),
        )
    ).first()
    if row is None:
        return None, None
    usual = round(row.params["usual_days"] / DAYS_A_MONTH)
    most = round(row.params["most_days"] / DAYS_A_MONTH)
    return usual, most if row.severity is Severity.ERROR else None


def check_growing_code(
    session: Session, command: SaveCode, area: GrowingArea, *, today: date
) -> list[Finding]:
    """GA-01 to GA-08: everything wrong or odd, in the order of the page."""
    domestic = rule(session, "GA-01", today)
    export = rule(session, "GA-02", today)
    findings = check_code(command.code, command.market)
    findings += check_area(
        command.area_ha,
        command.market,
        perennial=area.product.perennial,
        least_perennial_ha=Decimal(domestic["perennial_ha"]),
        least_annual_ha=Decimal(domestic["annual_ha"]),
        least_export_ha=Decimal(export["least_ha"]),
    )
    findings += check_total_area([command.area_ha], area.area_ha)
    if command.last_day is not None and command.last_day <= command.first_day:
        message = N_("Ngày hết hạn phải sau ngày cấp")
        findings.append(Finding("GA-07", Severity.ERROR, message, {}, "last_day"))
    if command.market is not Market.DOMESTIC:
        every = rule(session, "GA-08", today)["most_days"]
        findings += check_supervision(command.supervised_on, today, every_days=every)
    return findings


def oddities_of(
    session: Session, row: Certificate | GrowingAreaCode, *, today: date
) -> list[Finding]:
    """What is odd in a stored paper, for its page."""
    if isinstance(row, Certificate):
        found = check_certificate(session, certificate_command(row), today=today)
    else:
        found = check_growing_code(session, code_command(row), row.area, today=today)
    return [finding for finding in found if not finding.forbids]


def certificate_command(row: Certificate) -> SaveCertificate:
    """The words of a certificate as its holder would type them again."""
    return SaveCertificate(
        scheme=row.scheme,
        number=row.number,
        issuer=row.issuer,
        issued_on=row.issued_on,
        expires_on=row.expires_on,
        product_code=row.product.code if row.product else "",
        area=row.area.public_id if row.area else "",
        facility=row.facility.public_id if row.facility else "",
        area_ha=row.area_ha,
        stars=row.stars,
        output_kg_per_year=row.output_kg_per_year,
    )


def code_command(row: GrowingAreaCode) -> SaveCode:
    """The words of a code as its holder would type them again."""
    return SaveCode(
        area=row.area.public_id,
        market=row.market,
        code=row.code,
        area_ha=row.area_ha,
        first_day=row.valid_from,
        last_day=row.last_day,
        supervised_on=row.supervised_on,
    )
