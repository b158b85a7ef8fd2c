"""Form B: linkage chains for product development, one line each (dossier §8.2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import chain as joined

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.chain_reasons import PREDICATE_TITLES
from marketplace.domain.errors import N_
from marketplace.domain.linkage import find_form, statistics_class
from marketplace.domain.reports import (
    TOTAL,
    Heading,
    Report,
    ReportForm,
    Said,
    Table,
    Value,
)
from marketplace.domain.words import (
    BUYER_KINDS,
    PRODUCER_KINDS,
    ChainKind,
    OrganisationKind,
    Stage,
)
from marketplace.services.chain_evaluation import params_on
from marketplace.services.report_chain_rows import ReportedChain, report_chains
from marketplace.services.report_contracts import (
    ContractLand,
    kg_a_year,
    measured_note,
    millions,
    tonnes,
)
from marketplace.services.report_scopes import ReportScope
from models.chains import ChainEvaluation
from models.contracts import Contract
from models.papers import GrowingArea

HEADINGS = (
    Heading(N_("STT"), 5),
    Heading(N_("Tên chuỗi"), 36),
    Heading(N_("Hình thức"), 10),
    Heading(N_("Nhóm hình thức"), 22),
    Heading(N_("Chủ trì"), 32),
    Heading(N_("Số doanh nghiệp")),
    Heading(N_("Số hợp tác xã, tổ hợp tác")),
    Heading(N_("Số hộ")),
    Heading(N_("Diện tích (ha)")),
    Heading(N_("Sản lượng (tấn/năm)")),
    Heading(N_("Giá trị hợp đồng (triệu đồng)"), 14),
    Heading(N_("Quyết định công nhận"), 20),
    Heading(N_("Hỗ trợ từ ngân sách"), 12),
    Heading(N_("Hợp đồng từ ngày"), 12),
    Heading(N_("Hợp đồng đến ngày"), 12),
    Heading(N_("Tỷ lệ thực hiện hợp đồng (phần trăm)")),
    Heading(N_("Vướng mắc"), 44),
)
_NOTES = (
    N_("Chỉ gồm chuỗi đã công nhận, chưa dừng, chưa bị thu hồi đến cuối kỳ."),
    N_("Số hộ lấy từ vùng trồng trong hợp đồng. Chưa có số liệu hỗ trợ từ ngân sách."),
    N_("Tỷ lệ thực hiện là số đã nghiệm thu đạt đến nay, trên số đã ký."),
)
_FAILS = N_("chưa đạt: %(what)s")
_FARMS = frozenset({OrganisationKind.FARM, OrganisationKind.FARM_HOUSEHOLD})


@dataclass(frozen=True)
class _Under:
    """What is looked up once for all contracts."""

    households: Mapping[int, int]
    land: ContractLand


def report_b(session: Session, scope: ReportScope) -> Report:
    """Form B: what pages show and files carry."""
    found = report_chains(session, scope, ChainKind.PRODUCT_DEVELOPMENT)
    chains = [one for one in found if not one.ended]
    failing = _failing(session, [one.chain.id for one in chains], scope.on)
    deals = _deals(chains)
    under = _Under(_households(session, deals), ContractLand(session, deals, scope.on))
    rows = [_row(n, one, failing, under) for n, one in enumerate(chains, start=1)]
    total: list[Value] = [None, Said(TOTAL), "", "", ""]
    total += [*_sums(deals, under), "", "", None, None, _fulfilled(deals), ""]
    return Report(
        form=ReportForm.LINKAGE,
        head=scope.head(params_on(session, scope.on).version),
        tables=[
            Table(N_("Chuỗi liên kết sản xuất và tiêu thụ"), HEADINGS, rows, total)
        ],
        notes=[
            *(Said(note) for note in _NOTES),
            measured_note(under.land.land(deals)),
        ],
    )


def _deals(chains: Iterable[ReportedChain]) -> list[Contract]:
    return list(joined.from_iterable(one.contracts for one in chains))


def _row(
    number: int,
    one: ReportedChain,
    failing: Mapping[int, Sequence[Said]],
    under: _Under,
) -> list[Value]:
    deals = one.contracts
    form = find_form(Stage(stage) for deal in deals for stage in deal.stages)
    given = [r for r in one.chain.recognitions if r.decided_at]
    return [
        number,
        one.chain.name,
        form.value if form else "",
        statistics_class(form) if form else "",
        one.chain.lead.name,
        *_sums(deals, under),
        given[-1].number if given else "",
        "",
        min((deal.effective_from for deal in deals), default=None),
        max((deal.effective_to for deal in deals), default=None),
        _fulfilled(deals),
        failing.get(one.chain.id, ()),
    ]


def _sums(deals: Sequence[Contract], under: _Under) -> list[Value]:
    """Parties, households, land, mass and value; whoever is in several counts once."""
    parties = {one.id: one.kind for deal in deals for one in (deal.seller, deal.buyer)}
    kinds = list(parties.values())
    plots = {deal.harvest.area_id for deal in deals if deal.harvest}
    return [
        sum(kind in BUYER_KINDS for kind in kinds),
        sum(kind in PRODUCER_KINDS - _FARMS for kind in kinds),
        sum(under.households.get(plot, 0) for plot in plots if plot is not None),
        under.land.land(deals).hectares,
        tonnes(sum(map(kg_a_year, deals))),
        millions(sum(deal.value_vnd for deal in deals)),
    ]


def _fulfilled(deals: Sequence[Contract]) -> Decimal | None:
    signed = sum(deal.total_kg for deal in deals)
    if not signed:
        return None
    accepted = sum(deal.accepted_kg for deal in deals)
    return (Decimal(accepted * 100) / signed).quantize(Decimal("0.1"))


def _households(session: Session, deals: Sequence[Contract]) -> dict[int, int]:
    """Households of the growing areas that the contracts name."""
    plots = {deal.harvest.area_id for deal in deals if deal.harvest} - {None}
    rows = session.execute(
        select(GrowingArea.id, GrowingArea.households).where(
            GrowingArea.id.in_(list(plots)), GrowingArea.households.is_not(None)
        )
    )
    return {area: households or 0 for area, households in rows}


def _failing(
    session: Session, chains: Collection[int], on: date
) -> dict[int, list[Said]]:
    """The predicates that fail on the day, as they are stored."""
    rows = session.scalars(
        select(ChainEvaluation)
        .where(ChainEvaluation.chain_id.in_(list(chains)), ChainEvaluation.on <= on)
        .order_by(ChainEvaluation.predicate, ChainEvaluation.on)
    )
    latest = {(row.chain_id, row.predicate): row for row in rows}
    found: dict[int, list[Said]] = defaultdict(list)
    for (chain, predicate), row in latest.items():
        if row.holds is False:
            found[chain].append(
                Said(_FAILS, {"what": PREDICATE_TITLES.get(predicate, predicate)})
            )
    return found
