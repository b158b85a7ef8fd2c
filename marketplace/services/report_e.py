"""Form E: cooperatives by commune, and the list of them (dossier §8.5)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.domain.errors import N_
from marketplace.domain.reports import (
    DEFINITIONS,
    TOTAL,
    Heading,
    Report,
    ReportForm,
    Said,
    Table,
    Value,
)
from marketplace.domain.words import CertificateScheme
from marketplace.services.registers import certificates_on, cooperatives_on
from marketplace.services.report_contracts import millions
from marketplace.services.report_places import Places
from marketplace.services.report_scopes import ReportScope
from models.organisations import Organisation

_NUMBERS = (
    Heading(N_("Thành viên")),
    Heading(N_("Vốn điều lệ (triệu đồng)"), 14),
    Heading(N_("Doanh thu (triệu đồng/năm)"), 14),
)
HEADINGS = (
    Heading(N_("STT"), 5),
    Heading(N_("Xã"), 22),
    Heading(N_("Số hợp tác xã")),
    Heading(N_("Mới trong kỳ")),
    *_NUMBERS,
    Heading(N_("Hợp tác xã có VietGAP")),
    Heading(N_("Sản phẩm OCOP")),
)
DETAILS = (
    Heading(N_("STT"), 5),
    Heading(N_("Hợp tác xã"), 40),
    Heading(N_("Xã"), 20),
    Heading(N_("Thành lập"), 12),
    *_NUMBERS,
    Heading(N_("Giấy VietGAP")),
    Heading(N_("Sản phẩm OCOP")),
)
_NOTES = (
    N_("Số hợp tác xã đã xác minh đến cuối kỳ; mới là xác minh trong kỳ."),
    N_(
        "Thành viên, vốn điều lệ và doanh thu là số hợp tác xã khai hiện nay, "
        "không giữ theo từng ngày."
    ),
)
_SILENT = N_("%(n)s hợp tác xã chưa khai doanh thu.")


@dataclass(frozen=True)
class _Register:
    """The cooperatives at the end of the period, and what they have."""

    found: Sequence[Organisation]
    known: frozenset[int]
    vietgap: Counter[int]
    ocop: Counter[int]


def report_e(session: Session, scope: ReportScope) -> Report:
    """Form E and its list: what pages show and files carry."""
    register = _read(session, scope)
    found = register.found
    total = [None, Said(TOTAL), *_sums(found, register)]
    communes = _by_commune(Places(session, scope), found)
    rows = [
        [number, name, *_sums(inside, register)]
        for number, (name, inside) in enumerate(communes, start=1)
    ]
    where = {one.id: name for name, inside in communes for one in inside}
    details = [
        _detail(number, one, where[one.id], register)
        for number, one in enumerate(found, start=1)
    ]
    silent = sum(one.revenue_vnd is None for one in found)
    notes = [Said(note) for note in _NOTES]
    return Report(
        form=ReportForm.COOPERATIVES,
        head=scope.head(DEFINITIONS),
        tables=[
            Table(N_("Hợp tác xã nông nghiệp"), HEADINGS, rows, total),
            Table(N_("Chi tiết từng hợp tác xã"), DETAILS, details),
        ],
        notes=[*notes, Said(_SILENT, {"n": silent})] if silent else notes,
    )


def _read(session: Session, scope: ReportScope) -> _Register:
    before, found = (
        [one for one in cooperatives_on(session, day, scope.units) if scope.seats(one)]
        for day in (scope.before, scope.on)
    )
    return _Register(
        found=found,
        known=frozenset(one.id for one in before),
        vietgap=_papers(session, CertificateScheme.VIETGAP, scope),
        ocop=_papers(session, CertificateScheme.OCOP, scope),
    )


def _papers(
    session: Session, scheme: CertificateScheme, scope: ReportScope
) -> Counter[int]:
    papers = certificates_on(session, scheme, scope.on, scope.units)
    return Counter(paper.organisation_id for paper in papers)


def _by_commune(
    places: Places, found: Sequence[Organisation]
) -> list[tuple[Value, Sequence[Organisation]]]:
    """The cooperatives of each commune that has one, by name, in the view asked for."""
    by_unit: dict[int, list[Organisation]] = defaultdict(list)
    for one in found:
        by_unit[places.of(one.unit_id, one.declared_unit_id)].append(one)
    names = places.names(set(by_unit))
    return [(name, by_unit[unit]) for unit, name in names.items()]


def _sums(found: Sequence[Organisation], register: _Register) -> list[Value]:
    return [
        len(found),
        sum(one.id not in register.known for one in found),
        sum(one.official_members or 0 for one in found),
        millions(sum(one.charter_capital_vnd or 0 for one in found)),
        millions(sum(one.revenue_vnd or 0 for one in found)),
        sum(one.id in register.vietgap for one in found),
        sum(register.ocop[one.id] for one in found),
    ]


def _detail(
    number: int, one: Organisation, commune: Value, register: _Register
) -> list[Value]:
    capital, revenue = one.charter_capital_vnd, one.revenue_vnd
    return [
        number,
        one.name,
        commune,
        one.founded_on,
        one.official_members,
        None if capital is None else millions(capital),
        None if revenue is None else millions(revenue),
        register.vietgap[one.id],
        register.ocop[one.id],
    ]
