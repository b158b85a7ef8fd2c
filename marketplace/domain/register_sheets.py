"""Registers that an authority keeps in spreadsheets: their columns, found by name.

Official lists begin with a title, then a heading row, then one record a row. A
column is known by any of the headings that people write over it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from marketplace.domain.errors import N_
from marketplace.domain.sheets import Bounds, Row
from marketplace.domain.text import fold

HEADING_WITHIN = 15
MOST_RECORDS = 20_000
QUICK_RECORDS = 1_000  # more than that are left to a worker
BOUNDS = Bounds(
    rows=MOST_RECORDS + HEADING_WITHIN,
    columns=40,
    cell=2_000,
    text=8_000_000,
    blanks=True,
    bytes=8_000_000,
    unpacked=60_000_000,
)


class Register(StrEnum):
    """Which list a file holds."""

    ORGANISATIONS = "organisations"
    CODES = "codes"
    CERTIFICATES = "certificates"
    CHAINS = "chains"


class ImportState(StrEnum):
    """Of an import: looked at, shown to a second officer, written, taken back by two."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    APPLIED = "applied"
    UNDO_ASKED = "undo_asked"
    UNDONE = "undone"
    DROPPED = "dropped"


class ImportWork(StrEnum):
    """What a worker does with a long import."""

    TRIAL = "trial"
    WRITING = "writing"
    UNDOING = "undoing"


@dataclass(frozen=True)
class Column:
    """What a record may say; `names` are other headings, folded, the usual first."""

    field: str
    title: str
    names: tuple[str, ...]
    required: bool = False
    most: int = 200  # characters


_HOLDER = Column(
    "holder",
    N_("Tổ chức (tên hoặc mã số thuế)"),
    ("don vi", "to chuc", "chu so huu", "ten co so", "ten hop tac xa", "htx",
     "ma so thue", "mst", "chu the", "ten to chuc", "holder", "organisation"),
    required=True,
)  # fmt: skip
_PRODUCT = Column(
    "product",
    N_("Cây trồng, sản phẩm"),
    ("cay trong", "san pham", "loai cay", "ten san pham", "crop", "product"),
)
_AREA = Column(
    "area_ha",
    N_("Diện tích (ha)"),
    ("dien tich (ha)", "dien tich", "dt (ha)", "tong dien tich", "area (ha)", "area"),
)
_COMMUNE = Column(
    "commune",
    N_("Xã, phường (tên cũ hay mới)"),
    ("xa", "xa, phuong", "xa/phuong", "dia ban", "noi dat tru so", "commune"),
)

COLUMNS: Mapping[Register, tuple[Column, ...]] = {
    Register.ORGANISATIONS: (
        Column("name", N_("Tên tổ chức"),
               ("ten to chuc", "ten hop tac xa", "ten htx", "ten don vi", "ten",
                "hop tac xa", "name"), required=True),
        Column("kind", N_("Loại hình"), ("loai hinh", "loai", "kind", "type")),
        Column("tax_code", N_("Mã số thuế"),
               ("ma so thue", "mst", "ma so doanh nghiep", "ma so htx", "tax code")),
        Column("commune", _COMMUNE.title, _COMMUNE.names, required=True),
        Column("address", N_("Địa chỉ"), ("dia chi", "dia chi tru so", "address")),
        Column("phone", N_("Điện thoại"),
               ("dien thoai", "so dien thoai", "sdt", "dt", "phone")),
        Column("email", N_("E-mail"), ("e-mail", "email", "thu dien tu")),
        Column("official_members", N_("Số thành viên"),
               ("so thanh vien", "thanh vien", "tong so thanh vien", "members")),
        Column("charter_capital_vnd", N_("Vốn điều lệ (đồng)"),
               ("von dieu le (dong)", "von dieu le", "charter capital (vnd)")),
        Column("revenue_vnd", N_("Doanh thu (đồng)"),
               ("doanh thu (dong)", "doanh thu", "revenue (vnd)")),
        Column("total_area_ha", _AREA.title, _AREA.names),
        Column("founded_on", N_("Ngày thành lập"),
               ("ngay thanh lap", "ngay cap dkkd", "founded on")),
        Column("legal_representative", N_("Người đại diện"),
               ("nguoi dai dien", "giam doc", "dai dien phap luat", "chu tich hdqt",
                "legal representative")),
    ),
    Register.CODES: (
        Column("code", N_("Mã số vùng trồng"),
               ("ma so vung trong", "ma vung trong", "ma so", "ma", "code"),
               required=True, most=64),
        _HOLDER,
        Column("product", _PRODUCT.title, _PRODUCT.names, required=True),
        Column("market", N_("Thị trường"),
               ("thi truong", "thi truong xuat khau", "nuoc nhap khau", "market"),
               required=True),
        Column("area_ha", _AREA.title, _AREA.names, required=True),
        Column("commune", _COMMUNE.title, _COMMUNE.names),
        Column("garden", N_("Tên vùng trồng"), ("ten vung trong", "vung trong", "area name")),
        Column("valid_from", N_("Ngày cấp"), ("ngay cap", "ngay cap ma", "issued on"),
               required=True),
        Column("last_day", N_("Ngày hết hạn"),
               ("ngay het han", "het han", "co gia tri den", "valid until")),
        Column("supervised_on", N_("Ngày giám sát gần nhất"),
               ("ngay giam sat gan nhat", "ngay giam sat", "giam sat", "supervised on")),
    ),
    Register.CERTIFICATES: (
        Column("scheme", N_("Loại chứng nhận"),
               ("loai chung nhan", "chung nhan", "tieu chuan", "loai giay", "scheme"),
               required=True),
        Column("number", N_("Số giấy"),
               ("so giay", "so giay chung nhan", "ma so chung nhan", "so hieu", "so gcn",
                "number"), required=True, most=64),
        _HOLDER,
        Column("issuer", N_("Nơi cấp"),
               ("noi cap", "don vi cap", "to chuc chung nhan", "co quan cap", "issuer"),
               required=True),
        _PRODUCT,
        _AREA,
        Column("stars", N_("Số sao (OCOP)"), ("so sao", "hang sao", "sao", "stars")),
        Column("issued_on", N_("Ngày cấp"), ("ngay cap", "issued on"), required=True),
        Column("expires_on", N_("Ngày hết hạn"),
               ("ngay het han", "het han", "co gia tri den", "hieu luc den", "expires on"),
               required=True),
    ),
    Register.CHAINS: (
        Column("kind", N_("Loại chuỗi"), ("loai chuoi", "loai", "kind"), required=True),
        Column("lead", N_("Đơn vị chủ trì (tên hoặc mã số thuế)"),
               ("don vi chu tri", "chu tri lien ket", "co so", "ten co so", "don vi",
                "to chuc", "lead"), required=True),
        Column("group", N_("Nhóm sản phẩm"), ("nhom san pham", "san pham", "group"),
               required=True),
        Column("name", N_("Tên chuỗi"), ("ten chuoi", "chuoi", "name")),
        Column("number", N_("Số giấy công nhận, xác nhận"),
               ("so giay cong nhan, xac nhan", "so giay xac nhan", "so giay cong nhan",
                "so giay", "so xac nhan", "number"), required=True, most=64),
        Column("issued_on", N_("Ngày cấp"), ("ngay cap", "ngay xac nhan", "issued on"),
               required=True),
        Column("last_day", N_("Ngày hết hạn"),
               ("ngay het han", "het han", "co gia tri den", "valid until")),
    ),
}  # fmt: skip


def columns_of(register: Register) -> tuple[Column, ...]:
    """The columns of a register in the order of its page."""
    return COLUMNS[register]


NO_TITLES: Mapping[str, str] = {}


def guess_heading(
    rows: Sequence[Row], register: Register, titles: Mapping[str, str] = NO_TITLES
) -> int:
    """Index of the row that names most columns; 0 if none does."""
    likely = rows[:HEADING_WITHIN]
    scores = [len(guess_mapping(row, register, titles)) for row in likely]
    return scores.index(max(scores)) if scores else 0


def guess_mapping(
    heading: Row, register: Register, titles: Mapping[str, str] = NO_TITLES
) -> dict[str, int]:
    """Field -> index of its column, by the headings; each column serves once.

    A heading that is exactly a known name goes before one that only begins so.
    `titles` are the fields in the language of whoever brings the file.
    """
    folded = [fold(cell) for cell in heading]
    found: dict[str, int] = {}
    for exact in (True, False):
        for column in columns_of(register):
            if column.field in found:
                continue
            names = [column.title, titles.get(column.field, column.title)]
            known = [*map(fold, names), *column.names]
            place = _place(folded, known, exact, set(found.values()))
            if place is not None:
                found[column.field] = place
    return found


def _place(
    heading: Sequence[str], names: Sequence[str], exact: bool, taken: set[int]
) -> int | None:
    for name in names:
        for place, cell in enumerate(heading):
            same = cell == name if exact else _begins(cell, name)
            if cell and same and place not in taken:
                return place
    return None


def _begins(cell: str, name: str) -> bool:
    return len(name) > 2 and cell.startswith(f"{name} ")


def cells_of(row: Row, mapping: Mapping[str, int]) -> dict[str, str]:
    """Field -> what stands in its column of this row; empty beyond its end."""
    return {
        field: row[place] if place < len(row) else ""
        for field, place in mapping.items()
    }


def column_letter(index: int) -> str:
    """A, B, ... Z, AA, ... as a spreadsheet names the column; index from 0."""
    letters = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
