"""The seventy-five cooperatives: where they sit and what they grow.

Every name is invented but for the two that the public article tells of; no
person and no code is anybody's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

# One letter a product; "D" dries the mangoes it grows.
CROPS = {
    "L": "longan",
    "M": "mango",
    "P": "pomelo",
    "V": "vegetable",
    "H": "honey",
    "D": "mango",
    "S": "cassava",
    "N": "maize",
}
# The commune as its people still call it: some names ended in July 2025.
_BY_COMMUNE = {
    "Chiềng Khoong": (
        "LMP Bảo Minh", "L Nà Mây", "L Suối Trong", "M Đồi Nắng", "L Lúa Vàng",
        "P Hoa Mận", "L Pá Sáng", "L Huổi Xanh", "M Cầu Vồng", "L Đá Bạc",
    ),
    "Nà Nghịu": (
        "LMP Toàn Thắng", "L Gió Đông", "M Nà Hương", "P Bến Đá", "L Tre Xanh",
        "L Hoa Ngâu", "M Trăng Non", "L Cây Gạo", "L Suối Ngọt",
    ),
    "Chiềng Cang": (
        "L Nhãn Vàng", "L Đồi Thơm", "M Sương Mai", "V Ruộng Bậc", "L Pá Hồng",
        "L Nà Ngọc", "M Chim Én", "L Suối Mơ",
    ),
    "Chiềng Khương": (
        "L Biên Xanh", "M Nắng Sớm", "P Đồi Sim", "L Cọ Non", "L Hoa Lê",
        "M Bản Ngọt", "N Rừng Thưa",
    ),
    "Mường Hung": (
        "D Hương Rừng", "L Bãi Bồi", "L Nà Lộc", "L Đồi Cao", "M Nắng Hạ",
        "M Xoài Xanh", "L Mường Mơ",
    ),
    "Huổi Một": ("V Vườn Sáng", "L Suối Một", "L Nà Sương", "V Khe Lạnh"),
    "Chiềng Sơ": ("H Ong Núi", "L Đồi Ban", "L Nà Cỏ", "L Suối Reo"),
    "Thị trấn Sông Mã": (
        "V Phố Vườn", "L Bờ Sông", "L Vườn Ươm", "V Chợ Sớm", "L Cầu Treo", "L Lá Xanh",
    ),
    "Mường Sai": ("L Nà Sơn", "P Cửa Rừng", "L Mây Trắng", "M Quả Ngọt"),
    "Chiềng En": ("H Mật Rừng", "L Nà Dong"),
    "Yên Hưng": ("M Xoài Thơm", "L Yên Lành", "M Nà Quạt"),
    "Nậm Ty": ("L Nậm Xanh", "L Đồi Dốc", "P Nà Bưởi"),
    "Bó Sinh": ("S Sắn Vàng",),
    "Pú Pẩu": ("N Ngô Nương",),
    "Mường Lầm": ("L Lầm Xanh", "S Bến Lầm"),
    "Chiềng Phung": ("L Phung Mới",),
    "Đứa Mòn": ("S Mòn Cao",),
    "Nậm Mằn": ("L Mằn Xanh",),
    "Mường Cai": ("M Cai Sương",),
}  # fmt: skip

BAO_MINH, TOAN_THANG = "Bảo Minh", "Toàn Thắng"
FAMOUS = (BAO_MINH, TOAN_THANG)
# Fruit growers that never asked for a certificate.
WITHOUT_VIETGAP = frozenset(
    {
        "Lầm Xanh", "Phung Mới", "Mằn Xanh", "Nà Dong", "Nà Cỏ", "Cai Sương", "Nà Quạt",
        "Mường Mơ", "Yên Lành",
    }
)  # fmt: skip
# Their VietGAP ended: months ago, and a few days ago.
LAPSED_LONG_AGO, LAPSED_JUST_NOW = "Huổi Xanh", "Đồi Thơm"
LAPSED = frozenset({LAPSED_LONG_AGO, LAPSED_JUST_NOW})

OFFICE = "Cơ quan quản lý nông nghiệp Sông Mã"
OFFICIAL_MEMBERS = {BAO_MINH: 13, TOAN_THANG: 17}
# Gardens as (product, tenths of a hectare).
FAMOUS_GARDENS = {
    BAO_MINH: (("longan", 320), ("mango", 120), ("pomelo", 60)),
    TOAN_THANG: (("longan", 220), ("mango", 150), ("pomelo", 80)),
}
FAMOUS_OUTPUT_TONNES = {BAO_MINH: (240, 70, 40), TOAN_THANG: (400,)}


@dataclass(frozen=True)
class Seat:
    """A cooperative's short name, where it says it sits, what it lives on."""

    short: str
    commune: str
    letters: str

    @property
    def name(self) -> str:
        kind = "HTX" if self.short in FAMOUS else "HTX Nông nghiệp"
        return f"{kind} {self.short}"

    @property
    def product(self) -> str:
        return CROPS[self.letters[0]]

    @property
    def grows_fruit(self) -> bool:
        return self.product in ("longan", "mango", "pomelo")

    @property
    def holds_vietgap(self) -> bool:
        """Whether a certificate of theirs counts today."""
        return self.grows_fruit and self.short not in WITHOUT_VIETGAP | LAPSED

    @property
    def address(self) -> str:
        """The commune in the words of an old address."""
        kind = "" if self.commune.startswith("Thị trấn") else "Xã "
        return f"{kind}{self.commune}, huyện Sông Mã"


def seats() -> Iterator[Seat]:
    """All of them, commune by commune."""
    for commune, rows in _BY_COMMUNE.items():
        for row in rows:
            letters, _, short = row.partition(" ")
            yield Seat(short, commune, letters)
