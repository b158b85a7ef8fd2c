"""What a certificate or a code must be, with the rules of its day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from marketplace.domain.areas import (
    check_area,
    check_code,
    check_supervision,
    check_total_area,
)
from marketplace.domain.commands_papers import (
    SaveCertificate,
    SaveCode,
    SavePackingCode,
)
from marketplace.domain.errors import N_
from marketplace.domain.findings import Finding
from marketplace.domain.paper_schemes import (
    NO_RULE,
    SchemeRule,
    check_number,
    check_ocop_issuer,
    check_surveillance,
)
from marketplace.domain.paper_scopes import check_scope
from marketplace.domain.papers import check_stars, check_term
from marketplace.domain.words import CertificateScheme, Market, Severity
from marketplace.services.paper_places import facilities_of
from marketplace.services.paper_rows import Row, last_day_of_code
from marketplace.services.rules import rule, rule_row
from models.paper_records import PackingHouseCode
from models.papers import Certificate, GrowingArea, GrowingAreaCode


def scheme_rule(session: Session, scheme: CertificateScheme, on: date) -> SchemeRule:
    """The rule of a scheme for papers issued on that day; an empty one if none."""
    row = rule_row(session, f"certificate.{scheme.value}", on)
    return SchemeRule.from_rule(row.params, row.severity) if row else NO_RULE


def check_certificate(
    session: Session, command: SaveCertificate, *, today: date
) -> list[Finding]:
    """CE-01 to CE-10: everything wrong or odd, in the order of the page."""
    known = scheme_rule(session, command.scheme, command.issued_on)
    findings = check_number(command.scheme, command.number, known)
    findings += _check_ocop(session, command)
    if command.issued_on > today:
        message = N_("Ngày cấp không được sau hôm nay")
        findings.append(Finding("CE-01", Severity.ERROR, message, {}, "issued_on"))
    return findings + check_term(
        command.scheme,
        command.issued_on,
        command.expires_on,
        usual_months=known.usual_months,
        most_months=known.most_months,
    )


def _check_ocop(session: Session, command: SaveCertificate) -> list[Finding]:
    """CE-08, CE-09: stars, and the level that gives so many on that day."""
    if command.scheme is not CertificateScheme.OCOP:
        message = N_("Chỉ OCOP có sao")
        wrong = command.stars is not None
        return [Finding("CE-08", Severity.ERROR, message, {}, "stars")] * wrong
    if wrong_stars := check_stars(command.stars):
        return wrong_stars
    row = rule_row(session, "CE-09", command.issued_on)
    if row is None or command.stars is None:
        return []
    return check_ocop_issuer(command.stars, command.issuer, row.params)


def check_growing_code(
    session: Session, command: SaveCode, area: GrowingArea, *, today: date
) -> list[Finding]:
    """GA-01 to GA-08: everything wrong or odd, in the order of the page."""
    domestic = rule(session, "GA-01", today)
    export = rule(session, "GA-02", today)
    findings = _check_spelling(session, command, "area")
    findings += check_area(
        command.area_ha,
        command.market,
        perennial=area.product.perennial,
        least_perennial_ha=Decimal(domestic["perennial_ha"]),
        least_annual_ha=Decimal(domestic["annual_ha"]),
        least_export_ha=Decimal(export["least_ha"]),
    )
    findings += check_total_area([command.area_ha], area.area_ha)
    findings += _check_days(command)
    return findings + _check_supervised(session, command, today)


def check_packing_code(
    session: Session, command: SavePackingCode, *, today: date
) -> list[Finding]:
    """GA-05 to GA-08 for a packing house, in the order of the page."""
    findings = _check_spelling(session, command, "packing") + _check_days(command)
    return findings + _check_supervised(session, command, today)


def _check_spelling(
    session: Session, command: SaveCode | SavePackingCode, what: str
) -> list[Finding]:
    domestic = command.market is Market.DOMESTIC
    code = "GA-05" if domestic else f"GA-06.{command.market.value}"
    row = rule_row(session, code, command.first_day)
    return check_code(command.code, command.market, row.params[what] if row else "")


def _check_days(command: SaveCode | SavePackingCode) -> list[Finding]:
    if command.last_day is None or command.first_day < command.last_day:
        return []
    message = N_("Ngày hết hạn phải sau ngày cấp")
    return [Finding("GA-07", Severity.ERROR, message, {}, "last_day")]


def _check_supervised(
    session: Session, command: SaveCode | SavePackingCode, today: date
) -> list[Finding]:
    if command.market is Market.DOMESTIC:
        return []
    every = rule(session, "GA-08", today)["most_days"]
    return check_supervision(command.supervised_on, today, every_days=every)


def oddities_of(session: Session, row: Row, *, today: date) -> list[Finding]:
    """What is odd in a stored paper, for its page."""
    if isinstance(row, Certificate):
        command = certificate_command(row)
        found = check_certificate(session, command, today=today)
        found += _check_places(row)
        found += overdue_surveillance(session, row, today=today)
    elif isinstance(row, GrowingAreaCode):
        found = check_growing_code(session, code_command(row), row.area, today=today)
    else:
        found = check_packing_code(session, packing_command(row), today=today)
    return [finding for finding in found if not finding.forbids]


def _check_places(row: Certificate) -> list[Finding]:
    named = [row.area, *(one.area for one in row.further)]
    gardens = {one.id: one.area_ha for one in named if one is not None}
    houses = facilities_of(row)
    return check_scope(row.scheme, row.area_ha, [*gardens.values()], len(houses))


def overdue_surveillance(session: Session, row: Row, *, today: date) -> list[Finding]:
    """GA-08, CE-10: whether its issuer should have looked at it again by now."""
    if isinstance(row, Certificate):
        known = scheme_rule(session, row.scheme, row.issued_on)
        days = row.issued_on, row.supervised_on, today
        return check_surveillance(row.scheme, *days, known)
    if row.market is Market.DOMESTIC:
        return []
    every = rule(session, "GA-08", today)["most_days"]
    return check_supervision(row.supervised_on, today, every_days=every)


def renew_by(session: Session, row: Row) -> date | None:
    """CE-06: the last day to ask for a new paper, where the scheme sets one."""
    if not isinstance(row, Certificate):
        return None
    days = scheme_rule(session, row.scheme, row.issued_on).renew_days
    return row.expires_on - timedelta(days=days) if days else None


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
        more_areas=tuple(one.area.public_id for one in row.further if one.area),
        more_facilities=tuple(
            one.facility.public_id for one in row.further if one.facility
        ),
    )


def code_command(row: GrowingAreaCode) -> SaveCode:
    """The words of a code as its holder would type them again."""
    return SaveCode(
        area=row.area.public_id,
        market=row.market,
        code=row.code,
        area_ha=row.area_ha,
        first_day=row.valid_from,
        last_day=last_day_of_code(row),
        supervised_on=row.supervised_on,
    )


def packing_command(row: PackingHouseCode) -> SavePackingCode:
    """The words of a packing-house code as its holder would type them again."""
    return SavePackingCode(
        facility=row.facility.public_id,
        market=row.market,
        code=row.code,
        first_day=row.valid_from,
        last_day=last_day_of_code(row),
        supervised_on=row.supervised_on,
    )
