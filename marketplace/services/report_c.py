"""Form C: growing-area codes by market and crop, and the list (dossier §8.3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from marketplace.domain.errors import N_
from marketplace.domain.reports import (
    DEFINITIONS,
    TOTAL,
    Heading,
    Named,
    Report,
    ReportForm,
    Said,
    Table,
    Value,
)
from marketplace.domain.words import Market
from marketplace.services.land_under import CodedLand
from marketplace.services.registers import codes_on
from marketplace.services.report_contracts import measured_note
from marketplace.services.report_places import Places
from marketplace.services.report_scopes import ReportScope
from models.papers import GrowingAreaCode

HEADINGS = (
    Heading(N_("STT"), 5),
    Heading(N_("Thị trường"), 20),
    Heading(N_("Cây trồng"), 16),
    Heading(N_("Số mã đầu kỳ")),
    Heading(N_("Cấp mới trong kỳ")),
    Heading(N_("Hết hiệu lực, thu hồi trong kỳ")),
    Heading(N_("Số mã cuối kỳ")),
    Heading(N_("Diện tích (ha)")),
)
DETAILS = (
    Heading(N_("STT"), 5),
    Heading(N_("Mã số vùng trồng"), 22),
    Heading(N_("Thị trường"), 14),
    Heading(N_("Cây trồng"), 14),
    Heading(N_("Tổ chức"), 36),
    Heading(N_("Vùng trồng"), 24),
    Heading(N_("Xã"), 20),
    Heading(N_("Diện tích (ha)")),
    Heading(N_("Hiệu lực từ"), 12),
    Heading(N_("Hiệu lực đến"), 12),
    Heading(N_("Kiểm tra gần nhất"), 12),
    Heading(N_("Trong kỳ"), 22),
)
_NEW = N_("Cấp mới trong kỳ")
_ENDED = N_("Hết hiệu lực, thu hồi trong kỳ")
_NOTE = N_(
    "Một vùng có mã của nhiều thị trường có mặt ở nhiều dòng, nhưng trong tổng số diện "
    "tích chỉ tính một lần."
)


@dataclass(frozen=True)
class _Codes:
    """Codes that counted on the day before the period, and at its end."""

    before: Sequence[GrowingAreaCode]
    after: Sequence[GrowingAreaCode]
    land: CodedLand

    @property
    def new(self) -> list[GrowingAreaCode]:
        known = {code.id for code in self.before}
        return [code for code in self.after if code.id not in known]

    @property
    def ended(self) -> list[GrowingAreaCode]:
        known = {code.id for code in self.after}
        return [code for code in self.before if code.id not in known]

    def numbers(self) -> list[Value]:
        """Stock, flow, stock; hectares of the land under the codes at the end."""
        counts = [len(self.before), len(self.new), len(self.ended), len(self.after)]
        return [*counts, self.land.land(self.after).hectares]


def report_c(session: Session, scope: ReportScope) -> Report:
    """Form C and its list: what pages show and files carry."""
    before, after = (_codes(session, scope, day) for day in (scope.before, scope.on))
    land = CodedLand(session, after, scope.on)
    codes = _Codes(before, after, land)
    total = [None, Said(TOTAL), "", *codes.numbers()]
    return Report(
        form=ReportForm.CODES,
        head=scope.head(DEFINITIONS),
        tables=[
            Table(N_("Mã số vùng trồng"), HEADINGS, _rows(codes), total),
            Table(
                N_("Chi tiết từng mã"), DETAILS, _details(codes, Places(session, scope))
            ),
        ],
        notes=[Said(_NOTE), measured_note(land.land(after))],
    )


def _codes(session: Session, scope: ReportScope, on: date) -> Sequence[GrowingAreaCode]:
    found = codes_on(session, on, scope.units)
    return [one for one in found if scope.holds(one.area.unit_id, _named(one))]


def _named(code: GrowingAreaCode) -> int | None:
    """The former commune of the land, if it lies where its holder has its seat."""
    holder = code.area.organisation
    at_home = holder.unit_id == code.area.unit_id
    return holder.declared_unit_id if at_home else None


def _rows(codes: _Codes) -> list[list[Value]]:
    """A row for each market and crop that had a code at either end."""
    found: dict[tuple[int, int, int], _Codes] = {}
    before, after = (_by_row(part) for part in (codes.before, codes.after))
    for key in sorted(before.keys() | after.keys()):
        found[key] = _Codes(before.get(key, ()), after.get(key, ()), codes.land)
    return [
        [number, *_names(part), *part.numbers()]
        for number, part in enumerate(found.values(), start=1)
    ]


def _by_row(
    codes: Sequence[GrowingAreaCode],
) -> dict[tuple[int, int, int], list[GrowingAreaCode]]:
    order = list(Market)
    found: dict[tuple[int, int, int], list[GrowingAreaCode]] = defaultdict(list)
    for code in codes:
        crop = code.product
        found[order.index(code.market), crop.position, crop.id].append(code)
    return found


def _names(codes: _Codes) -> list[Value]:
    one = [*codes.after, *codes.before][0]
    return [one.market, Named(one.product.name_vi, one.product.name_en)]


def _details(codes: _Codes, places: Places) -> list[list[Value]]:
    new = {code.id for code in codes.new}
    marks = [(code, _NEW if code.id in new else "") for code in codes.after]
    marks += [(code, _ENDED) for code in codes.ended]
    where = {code.id: places.of(code.area.unit_id, _named(code)) for code, _ in marks}
    names = places.names(set(where.values()))
    return [
        _detail(number, code, mark, names[where[code.id]])
        for number, (code, mark) in enumerate(marks, start=1)
    ]


def _detail(
    number: int, code: GrowingAreaCode, mark: str, commune: Value
) -> list[Value]:
    crop, holder = code.product, code.area.organisation
    return [
        number,
        code.code,
        code.market,
        Named(crop.name_vi, crop.name_en),
        holder.name,
        code.area.name,
        commune,
        code.area_ha,
        code.valid_from,
        code.last_counting_day,
        code.supervised_on,
        Said(mark) if mark else "",
    ]
