"""Form A: safe supply chains by product group, and the list behind it (dossier §8.1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain as joined

from sqlalchemy.orm import Session

from marketplace.domain.errors import N_
from marketplace.domain.reports import (
    TOTAL,
    Heading,
    Outlet,
    Report,
    ReportForm,
    ReportGroup,
    Said,
    SizeUnit,
    Table,
    Value,
    size_unit,
)
from marketplace.domain.words import ChainKind, ChainState
from marketplace.services.chain_evaluation import params_on
from marketplace.services.report_a_details import list_details
from marketplace.services.report_chain_rows import ReportedChain, report_chains
from marketplace.services.report_contracts import (
    ContractLand,
    kg_by_outlet,
    measured_note,
    tonnes,
)
from marketplace.services.report_scopes import ReportScope
from models.contracts import Contract

HEADINGS = (
    Heading(N_("STT"), 5),
    Heading(N_("Nhóm sản phẩm"), 20),
    Heading(N_("Lũy kế được xác nhận")),
    Heading(N_("Cấp mới trong kỳ")),
    Heading(N_("Dừng, thu hồi trong kỳ")),
    Heading(N_("Đang duy trì")),
    Heading(N_("Quy mô")),
    Heading(N_("Đơn vị quy mô"), 10),
    Heading(N_("Sản lượng (tấn/năm)")),
    Heading(N_("Thị trường tiêu thụ: trong nước (tấn/năm)")),
    Heading(N_("Thị trường tiêu thụ: xuất khẩu (tấn/năm)")),
    Heading(N_("Thị trường tiêu thụ: chế biến (tấn/năm)")),
    Heading(N_("Ghi chú"), 44),
)
_ENDED_BEFORE = N_("%(n)s chuỗi dừng, thu hồi, hết hạn tính đến cuối kỳ")
_RESUMED = N_("%(n)s chuỗi hoạt động lại trong kỳ")
_AT_RISK = N_("%(n)s chuỗi có nguy cơ")
_SUSPENDED = N_("%(n)s chuỗi tạm dừng")
_NO_SIZE = N_("chưa có số liệu quy mô theo đơn vị này")
_NOTES = (
    N_("Đang duy trì = lũy kế − dừng, thu hồi, hết hạn tính đến cuối kỳ."),
    N_(
        "Chuỗi tạm dừng vẫn là chuỗi đang duy trì, ghi ở cột ghi chú; dòng đầu trang "
        "tổng quan không đếm chuỗi tạm dừng."
    ),
    N_(
        "Quy mô và sản lượng lấy từ hợp đồng đang mang chuỗi; đất có mặt trong nhiều "
        "hợp đồng chỉ tính một lần."
    ),
)


def report_a(session: Session, scope: ReportScope) -> Report:
    """Form A and its list: what pages show and files carry."""
    chains = report_chains(session, scope, ChainKind.SAFE_SUPPLY)
    deals = list(joined.from_iterable(one.contracts for one in chains))
    land = ContractLand(session, deals, scope.on)
    rows = [
        _row(number, group, [one for one in chains if one.group is group], land)
        for number, group in enumerate(ReportGroup, start=1)
    ]
    total: list[Value] = [None, Said(TOTAL), *_numbers(chains, SizeUnit.HECTARES, land)]
    total.append(SizeUnit.HECTARES)
    total += [*_masses(_deals(chains)), None]
    title = N_("Chuỗi cung ứng thực phẩm nông sản, thủy sản an toàn")
    return Report(
        form=ReportForm.CHAINS,
        head=scope.head(params_on(session, scope.on).version),
        tables=[
            Table(title, HEADINGS, rows, total),
            list_details(session, scope, chains, land),
        ],
        notes=[
            *(Said(note) for note in _NOTES),
            measured_note(land.land(_deals(chains))),
        ],
    )


def _row(
    number: int,
    group: ReportGroup,
    chains: Sequence[ReportedChain],
    land: ContractLand,
) -> list[Value]:
    unit = size_unit(group)
    return [
        number,
        group,
        *_numbers(chains, unit, land),
        unit,
        *_masses(_deals(chains)),
        _remarks(chains, unit),
    ]


def _numbers(
    chains: Sequence[ReportedChain], unit: SizeUnit, land: ContractLand
) -> list[Value]:
    """Stock and flow, each in its own column, and the size of what still runs."""
    running = [one for one in chains if not one.ended]
    in_hectares = unit is SizeUnit.HECTARES
    size = land.land(_deals(chains)).hectares if in_hectares else None
    return [
        len(chains),
        sum(one.new_in_period for one in chains),
        sum(one.ended_in_period for one in chains),
        len(running),
        size,
    ]


def _deals(chains: Iterable[ReportedChain]) -> list[Contract]:
    """The contracts that carry the chains that still run."""
    return list(joined.from_iterable(c.contracts for c in chains if not c.ended))


def _masses(deals: Sequence[Contract]) -> list[Value]:
    by_outlet = kg_by_outlet(deals)
    masses: list[Value] = [tonnes(sum(by_outlet.values()))]
    return masses + [tonnes(by_outlet[where]) for where in Outlet]


def _remarks(chains: Sequence[ReportedChain], unit: SizeUnit) -> list[Said]:
    states = [one.state for one in chains]
    counted = {
        _ENDED_BEFORE: sum(one.ended for one in chains),
        _RESUMED: sum(one.resumed_in_period for one in chains),
        _AT_RISK: states.count(ChainState.AT_RISK),
        _SUSPENDED: states.count(ChainState.SUSPENDED),
    }
    said = [Said(text, {"n": number}) for text, number in counted.items() if number]
    missing = unit is not SizeUnit.HECTARES and any(not one.ended for one in chains)
    return [*said, Said(_NO_SIZE)] if missing else said
