"""Contracts of which a sum is known but no note: what Form D cannot place in a period.

Records older than delivery notes know only how much was delivered in all, not
when. They are counted in no sum of Form D; they are listed, so that nobody takes
the form for the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Subquery, func, select
from sqlalchemy.orm import Session, joinedload

from marketplace.domain.errors import N_
from marketplace.domain.reports import TOTAL, Heading, Named, Said, Table, Value
from marketplace.domain.words_delivery import NoteState
from marketplace.services.report_contracts import tonnes
from marketplace.services.report_scopes import ReportScope
from models.contracts import Contract
from models.deliveries import DeliveryNote
from models.organisations import Organisation

HEADINGS = (
    Heading(N_("STT"), 5),
    Heading(N_("Hợp đồng"), 20),
    Heading(N_("Bên bán"), 32),
    Heading(N_("Bên mua"), 32),
    Heading(N_("Nông sản"), 16),
    Heading(N_("Hợp đồng từ ngày"), 12),
    Heading(N_("Hợp đồng đến ngày"), 12),
    Heading(N_("Đã giao, không có phiếu (tấn)"), 14),
)
_SAID = N_(
    "%(n)s hợp đồng cũ có hiệu lực trong kỳ chỉ ghi tổng đã giao, không có phiếu giao "
    "nhận: %(tonnes)s tấn không biết giao ngày nào, chưa tính vào biểu này."
)


@dataclass(frozen=True)
class Unnoted:
    """A contract, and the kilograms it counts as delivered beyond its notes."""

    contract: Contract
    kg: int


def list_unnoted(session: Session, scope: ReportScope) -> Sequence[Unnoted]:
    """Contracts of the area in effect in the period with a sum beyond their notes."""
    noted = _noted()
    rows = session.execute(
        select(Contract, Contract.delivered_kg - func.coalesce(noted.c.kg, 0))
        .join(Organisation, Organisation.id == Contract.seller_id)
        .outerjoin(noted, noted.c.contract_id == Contract.id)
        .where(
            Organisation.unit_id.in_(scope.units),
            Contract.delivered_kg > func.coalesce(noted.c.kg, 0),
            Contract.effective_from <= scope.on,
            Contract.effective_to >= scope.days.first,
        )
        .order_by(Contract.number, Contract.id)
        .options(
            joinedload(Contract.seller),
            joinedload(Contract.buyer),
            joinedload(Contract.product),
        )
    )
    return [Unnoted(one, kg) for one, kg in rows if scope.seats(one.seller)]


def unnoted_table(found: Sequence[Unnoted]) -> Table:
    """The list of them, for page and files."""
    rows: list[list[Value]] = [
        [
            number,
            one.contract.number,
            one.contract.seller.name,
            one.contract.buyer.name,
            Named(one.contract.product.name_vi, one.contract.product.name_en),
            one.contract.effective_from,
            one.contract.effective_to,
            tonnes(one.kg),
        ]
        for number, one in enumerate(found, start=1)
    ]
    whole = tonnes(sum(one.kg for one in found))
    total: list[Value] = [None, Said(TOTAL), "", "", "", None, None, whole]
    return Table(N_("Hợp đồng cũ không có phiếu giao nhận"), HEADINGS, rows, total)


def unnoted_note(found: Sequence[Unnoted]) -> Said:
    """How many they are and how much, under the form."""
    params = {"n": len(found), "tonnes": tonnes(sum(one.kg for one in found))}
    return Said(_SAID, params)


def _noted() -> Subquery:
    return (
        select(DeliveryNote.contract_id, func.sum(DeliveryNote.net_kg).label("kg"))
        .where(DeliveryNote.state == NoteState.CONFIRMED)
        .group_by(DeliveryNote.contract_id)
        .subquery()
    )
