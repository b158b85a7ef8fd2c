"""The list behind Form A: one line for each chain that was ever confirmed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.domain.errors import N_
from marketplace.domain.reports import Heading, Named, Table, Value
from marketplace.services.figures import current_unit_of
from marketplace.services.registers import certificate_counts, code_counts
from marketplace.services.report_chain_rows import ReportedChain
from marketplace.services.report_contracts import ContractLand, kg_a_year, tonnes
from marketplace.services.report_scopes import ReportScope
from models.chains import Chain, Recognition
from models.papers import Certificate, GrowingArea, GrowingAreaCode
from models.reference import AdminUnit

HEADINGS = (
    Heading(N_("STT"), 5),
    Heading(N_("Chủ trì"), 36),
    Heading(N_("Xã mới"), 20),
    Heading(N_("Xã cũ"), 20),
    Heading(N_("Sản phẩm"), 16),
    Heading(N_("Số giấy xác nhận"), 18),
    Heading(N_("Ngày cấp"), 12),
    Heading(N_("Hiệu lực đến"), 12),
    Heading(N_("Chứng nhận"), 28),
    Heading(N_("Mã số vùng trồng"), 28),
    Heading(N_("Diện tích (ha)")),
    Heading(N_("Sản lượng (tấn/năm)")),
    Heading(N_("Đối tác tiêu thụ"), 32),
    Heading(N_("Hậu kiểm gần nhất"), 12),
    Heading(N_("Trạng thái"), 16),
)


@dataclass(frozen=True)
class _Beside:
    """What is looked up once for all chains."""

    certificates: Mapping[int, Sequence[Certificate]]
    codes: Mapping[int, Sequence[str]]
    successor: Mapping[int, int]
    names: Mapping[int, str]
    land: ContractLand
    on: date


def list_details(
    session: Session,
    scope: ReportScope,
    chains: Sequence[ReportedChain],
    land: ContractLand,
) -> Table:
    """Who leads each chain, where, with which papers, partners and checks."""
    leads = {one.chain.lead_id for one in chains}
    beside = _look_up(session, leads, land, scope.on)
    rows = [_row(number, one, beside) for number, one in enumerate(chains, start=1)]
    return Table(N_("Chi tiết từng chuỗi"), HEADINGS, rows)


def _look_up(
    session: Session, leads: Collection[int], land: ContractLand, on: date
) -> _Beside:
    names = session.execute(select(AdminUnit.id, AdminUnit.name))
    return _Beside(
        certificates=_certificates(session, leads, on),
        codes=_codes(session, leads, on),
        successor=current_unit_of(session),
        names=dict(names.all()),
        land=land,
        on=on,
    )


def _certificates(
    session: Session, leads: Collection[int], on: date
) -> Mapping[int, Sequence[Certificate]]:
    found: dict[int, list[Certificate]] = defaultdict(list)
    for row in session.scalars(
        select(Certificate)
        .where(Certificate.organisation_id.in_(list(leads)), certificate_counts(on))
        .order_by(Certificate.scheme, Certificate.id)
        .options(joinedload(Certificate.product))
    ):
        found[row.organisation_id].append(row)
    return found


def _codes(
    session: Session, leads: Collection[int], on: date
) -> Mapping[int, Sequence[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for lead, code in session.execute(
        select(GrowingArea.organisation_id, GrowingAreaCode.code)
        .join(GrowingAreaCode, GrowingAreaCode.area_id == GrowingArea.id)
        .where(GrowingArea.organisation_id.in_(list(leads)), code_counts(on))
        .order_by(GrowingAreaCode.code)
    ):
        found[lead].append(code)
    return found


def _row(number: int, one: ReportedChain, beside: _Beside) -> list[Value]:
    chain, paper = one.chain, _confirmation(one.chain, beside.on)
    new, old = _places(chain, beside)
    return [
        number,
        chain.lead.name,
        new,
        old,
        Named(chain.group.name_vi, chain.group.name_en),
        paper.number if paper else "",
        paper.issued_on if paper else None,
        paper.valid_to if paper else None,
        _schemes(chain, beside),
        ", ".join(beside.codes.get(chain.lead_id, ())),
        beside.land.land(one.contracts).hectares,
        tonnes(sum(kg_a_year(contract) for contract in one.contracts)),
        ", ".join(sorted({c.buyer.short_name for c in one.contracts})),
        _last_check(chain, beside.on),
        one.state,
    ]


def _schemes(chain: Chain, beside: _Beside) -> Value:
    """Schemes that are for no product, or for one of the chain's group."""
    papers = beside.certificates.get(chain.lead_id, ())
    return list(
        dict.fromkeys(
            paper.scheme
            for paper in papers
            if paper.product is None or paper.product.group_id == chain.group_id
        )
    )


def _confirmation(chain: Chain, on: date) -> Recognition | None:
    """The newest confirmation given on or before the day."""
    given = [r for r in chain.recognitions if r.decided_at and r.issued_on <= on]
    return given[-1] if given else None


def _last_check(chain: Chain, on: date) -> date | None:
    """The newest visit that was written down by the end of the day."""
    visits = (
        fact.on
        for fact in chain.facts
        if fact.kind == "post_check" and (fact.recorded_on or fact.on) <= on
    )
    return max(visits, default=None)


def _places(chain: Chain, beside: _Beside) -> tuple[str, str]:
    """The commune of today, and the one of before 1 July 2025 where it is known."""
    new = beside.successor.get(chain.unit_id, chain.unit_id)
    old = chain.lead.declared_unit_id
    if old is None and new != chain.unit_id:
        old = chain.unit_id
    return beside.names[new], beside.names[old] if old else ""
