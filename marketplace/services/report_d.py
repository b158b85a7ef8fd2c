"""Form D: what was delivered and accepted, by where it went (dossier §8.4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Subquery, func, select
from sqlalchemy.orm import Session, joinedload

from marketplace.domain.errors import N_
from marketplace.domain.reports import (
    DEFINITIONS,
    TOTAL,
    Heading,
    Named,
    Outlet,
    Report,
    ReportForm,
    Said,
    Table,
    Value,
    adds_up,
)
from marketplace.domain.settlement_facts import Delivery
from marketplace.domain.words_delivery import NoteState, Outcome
from marketplace.services.registers import end_of
from marketplace.services.report_contracts import millions, outlet, tonnes
from marketplace.services.report_scopes import ReportScope
from marketplace.services.report_unnoted import (
    list_unnoted,
    unnoted_note,
    unnoted_table,
)
from marketplace.services.statements import facts_of
from models.contracts import Contract
from models.deliveries import DeliveryNote
from models.inspections import Inspection, InspectionPart
from models.organisations import Organisation

HEADINGS = (
    Heading(N_("STT"), 5),
    Heading(N_("Nông sản"), 20),
    Heading(N_("Tổng số (tấn)")),
    Heading(N_("Trong nước (tấn)")),
    Heading(N_("Xuất khẩu (tấn)")),
    Heading(N_("Chế biến (tấn)")),
    Heading(N_("Tổng giá trị (triệu đồng)"), 14),
    Heading(N_("Trong nước (triệu đồng)"), 14),
    Heading(N_("Xuất khẩu (triệu đồng)"), 14),
    Heading(N_("Chế biến (triệu đồng)"), 14),
)
DETAILS = (
    Heading(N_("STT"), 5),
    Heading(N_("Hợp đồng"), 20),
    Heading(N_("Bên bán"), 32),
    Heading(N_("Bên mua"), 32),
    Heading(N_("Nông sản"), 16),
    Heading(N_("Nơi tiêu thụ"), 14),
    Heading(N_("Sản lượng (tấn)")),
    Heading(N_("Giá trị (triệu đồng)"), 14),
    Heading(N_("Chưa có giá (tấn)")),
)
_WHAT = N_(
    "Hàng đã giao và nghiệm thu đạt trong kỳ theo phiếu hai bên ký nhận; bên bán ở "
    "trong địa bàn. Giá trị đã trừ phần khấu trừ khi nghiệm thu."
)
_AGREES = N_(
    "Trong nước + xuất khẩu + chế biến khớp tổng số nghiệm thu (lệch không quá một phần trăm)."
)
_DISAGREES = N_(
    "Cộng ba nơi tiêu thụ được %(sum)s tấn, tổng số nghiệm thu là %(total)s tấn: lệch "
    "quá một phần trăm, cần rà lại trước khi gửi."
)
_UNPRICED = N_("%(tonnes)s tấn chưa có giá, chưa tính vào giá trị.")


@dataclass(frozen=True)
class _Sold:
    """What of one contract was accepted in the period."""

    contract: Contract
    kg: int
    unpriced_kg: int
    value_vnd: int

    @property
    def outlet(self) -> Outlet:
        return outlet(self.contract)


def report_d(session: Session, scope: ReportScope) -> Report:
    """Form D and its list: what pages show and files carry."""
    found = [_sold(session, one, scope) for one in _contracts(session, scope)]
    sold = [one for one in found if one.kg]
    total: list[Value] = [None, Said(TOTAL), *_sums(sold)]
    details = [_detail(number, one) for number, one in enumerate(sold, start=1)]
    unnoted = list_unnoted(session, scope)
    tables = [
        Table(N_("Tiêu thụ nông sản"), HEADINGS, _rows(sold), total),
        Table(N_("Chi tiết từng hợp đồng"), DETAILS, details),
    ]
    notes = _notes(session, scope, sold)
    if unnoted:
        tables.append(unnoted_table(unnoted))
        notes.append(unnoted_note(unnoted))
    head = scope.head(DEFINITIONS)
    return Report(ReportForm.CONSUMPTION, head, tables, notes)


def _contracts(session: Session, scope: ReportScope) -> Sequence[Contract]:
    """Contracts of sellers in the area that had a load by the end of the period."""
    loaded = select(DeliveryNote.contract_id).where(
        DeliveryNote.state == NoteState.CONFIRMED,
        DeliveryNote.delivered_at < end_of(scope.on),
    )
    found = session.scalars(
        select(Contract)
        .join(Organisation, Organisation.id == Contract.seller_id)
        .where(Contract.id.in_(loaded), Organisation.unit_id.in_(scope.units))
        .order_by(Contract.number, Contract.id)
        .options(
            joinedload(Contract.seller),
            joinedload(Contract.buyer),
            joinedload(Contract.offer),
            joinedload(Contract.product),
        )
    )
    return [one for one in found if scope.seats(one.seller)]


def _sold(session: Session, contract: Contract, scope: ReportScope) -> _Sold:
    facts = facts_of(session, contract, today=scope.on)
    loads = [one for one in facts.deliveries if _within(one, scope)]
    parts = [part for one in loads for part in one.parts]
    return _Sold(
        contract,
        kg=sum(part.kg for part in parts),
        unpriced_kg=sum(part.kg for part in parts if not part.priced_vnd),
        value_vnd=sum(one.owed_vnd for one in loads),
    )


def _within(load: Delivery, scope: ReportScope) -> bool:
    return scope.days.first <= load.accepted_on <= scope.on


def _rows(sold: Sequence[_Sold]) -> list[list[Value]]:
    """A row for each product that was sold, in the order of the catalogue."""
    products = {one.contract.product for one in sold}
    ordered = sorted(products, key=lambda one: (one.position, one.id))
    return [
        [
            number,
            Named(product.name_vi, product.name_en),
            *_sums(one for one in sold if one.contract.product is product),
        ]
        for number, product in enumerate(ordered, start=1)
    ]


def _sums(sold: Iterable[_Sold]) -> list[Value]:
    kg: Counter[Outlet] = Counter()
    vnd: Counter[Outlet] = Counter()
    for one in sold:
        kg[one.outlet] += one.kg
        vnd[one.outlet] += one.value_vnd
    return [
        tonnes(kg.total()),
        *(tonnes(kg[where]) for where in Outlet),
        millions(vnd.total()),
        *(millions(vnd[where]) for where in Outlet),
    ]


def _detail(number: int, one: _Sold) -> list[Value]:
    deal = one.contract
    return [
        number,
        deal.number,
        deal.seller.name,
        deal.buyer.name,
        Named(deal.product.name_vi, deal.product.name_en),
        one.outlet,
        tonnes(one.kg),
        millions(one.value_vnd),
        tonnes(one.unpriced_kg),
    ]


def _notes(session: Session, scope: ReportScope, sold: Sequence[_Sold]) -> list[Said]:
    parts, whole = sum(one.kg for one in sold), _accepted_kg(session, scope)
    said = [Said(_WHAT)]
    if adds_up(parts, whole):
        said.append(Said(_AGREES))
    else:
        told = {"sum": tonnes(parts), "total": tonnes(whole)}
        said.append(Said(_DISAGREES, told))
    unpriced = sum(one.unpriced_kg for one in sold)
    if unpriced:
        said.append(Said(_UNPRICED, {"tonnes": tonnes(unpriced)}))
    return said


def _accepted_kg(session: Session, scope: ReportScope) -> int:
    """The same mass straight from the findings, beside the statements of account."""
    ends = _first_and_last()
    wanted = (
        select(func.sum(InspectionPart.kg))
        .join(Inspection, Inspection.id == InspectionPart.inspection_id)
        .join(ends, ends.c.note_id == Inspection.note_id)
        .join(DeliveryNote, DeliveryNote.id == Inspection.note_id)
        .join(Contract, Contract.id == DeliveryNote.contract_id)
        .join(Organisation, Organisation.id == Contract.seller_id)
        .where(
            Inspection.number == ends.c.last,
            InspectionPart.outcome == Outcome.ACCEPTED,
            DeliveryNote.state == NoteState.CONFIRMED,
            ends.c.first >= end_of(scope.before),
            ends.c.first < end_of(scope.on),
            Organisation.unit_id.in_(scope.units),
            *_named(scope),
        )
    )
    return session.scalar(wanted) or 0


def _named(scope: ReportScope) -> list[ColumnElement[bool]]:
    """Of a former commune only whose seller names it."""
    named = func.coalesce(Organisation.declared_unit_id, Organisation.unit_id)
    return [] if scope.former is None else [named == scope.former]


def _first_and_last() -> Subquery:
    """For each note when it was first inspected, and the finding that counts."""
    return (
        select(
            Inspection.note_id,
            func.min(Inspection.at).label("first"),
            func.max(Inspection.number).label("last"),
        )
        .group_by(Inspection.note_id)
        .subquery()
    )
