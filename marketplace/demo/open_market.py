"""What is on the market today: harvests that are expected, offers that are open."""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.demo.buyers import SAO_XANH
from marketplace.demo.cooperatives import BAO_MINH, LAPSED_LONG_AGO, TOAN_THANG
from marketplace.domain.commands_offers import Requirement
from marketplace.domain.words import CertificateScheme, Market


@dataclass(frozen=True)
class Supply:
    """A harvest: tonnes, the secret floor and perhaps a price that is shown."""

    seller: str
    product: str
    variety: str
    tonnes: int
    floor_vnd: int
    best_permille: int = 600  # of grade 1; the rest is grade 2
    smallest_tonnes: int = 0
    asking_vnd: int | None = None
    packaging: str = ""


@dataclass(frozen=True)
class Demand:
    """An offer of so many tonnes in so many deliveries, with a secret ceiling."""

    buyer: str
    product: str
    tonnes: int
    parts: int
    ceiling_vnd: int
    varieties: tuple[str, ...] = ()
    needs: tuple[Requirement, ...] = ()
    market: Market = Market.DOMESTIC
    least_grade: int = 2
    smallest_tonnes: int = 0
    most_suppliers: int = 0
    show_price: bool = False
    deposit_pct: int = 0
    cold_chain: bool = False


def _needs(*schemes: CertificateScheme) -> tuple[Requirement, ...]:
    return tuple(Requirement(scheme=scheme) for scheme in schemes)


_VIETGAP = _needs(CertificateScheme.VIETGAP)
_OCOP = (Requirement(scheme=CertificateScheme.OCOP, least_stars=3),)

HARVESTS = (
    Supply(BAO_MINH, "longan", "mien_thiet", 60, 14_000, 650, 5, packaging="Rổ nhựa"),
    Supply(BAO_MINH, "mango", "dai_loan", 20, 9_500, packaging="Thùng xốp 10 kg"),
    Supply(TOAN_THANG, "longan", "chin_muon", 45, 14_500, smallest_tonnes=5),
    Supply(TOAN_THANG, "mango", "tuong_da_xanh", 22, 8_500, 500),
    Supply(TOAN_THANG, "mango_dried", "", 3, 125_000, asking_vnd=165_000,
           packaging="Túi 500 g"),
    # Its VietGAP has ended: supermarkets cannot take it.
    Supply(LAPSED_LONG_AGO, "longan", "mien_thiet", 30, 13_500),
    Supply("Pá Hồng", "longan", "mien_thiet", 38, 14_500, 550),
    Supply("Đá Bạc", "longan", "t6", 12, 26_000, 700),
    Supply("Cây Gạo", "longan", "ghep", 25, 13_800, asking_vnd=17_000),
    Supply("Suối Mơ", "longan", "mien_thiet", 28, 15_000, smallest_tonnes=10),
    Supply("Cầu Vồng", "mango", "gl", 16, 9_000),
    Supply("Quả Ngọt", "mango", "tron", 14, 8_000, 400),
    # Asks for more than anybody pays.
    Supply("Trăng Non", "mango", "uc", 18, 24_000, 800),
    Supply("Cửa Rừng", "pomelo", "dien", 15, 15_000),
    Supply("Đồi Sim", "pomelo", "da_xanh", 20, 14_500, asking_vnd=19_000),
    Supply("Chợ Sớm", "vegetable", "", 20, 8_500),
    Supply("Hương Rừng", "mango_dried", "", 2, 128_000),
    Supply("Mật Rừng", "honey", "", 2, 132_000, asking_vnd=160_000),
    Supply("Ong Núi", "honey", "", 3, 135_000),
    Supply("Bến Lầm", "cassava", "", 90, 1_700),
    Supply("Mòn Cao", "cassava", "", 60, 1_750),
    Supply("Rừng Thưa", "maize", "", 40, 5_700),
)  # fmt: skip

# Contracted harvests that will bear more than was thought (or less), in tonnes.
REVISED = (
    ("Nhãn Vàng", "longan", 70, "Hoa đậu tốt sau mưa"),
    ("Biên Xanh", "longan", 55, "Hoa đậu tốt sau mưa"),
    ("Gió Đông", "longan", 50, "Thêm 4 hộ vào vùng trồng"),
    ("Bãi Bồi", "longan", 60, "Đếm chùm: nhiều hơn dự kiến"),
    ("Xoài Xanh", "mango", 40, "Xoài rải vụ thêm một lứa"),
    ("Hoa Mận", "pomelo", 30, "Vườn mới cho quả"),
    ("Phố Vườn", "vegetable", 60, "Thêm hai nhà lưới"),
    ("Suối Một", "longan", 20, "Mưa đá làm rụng quả non"),
)

OFFERS = (
    Demand(SAO_XANH, "mango", 18, 3, 15_500, needs=_VIETGAP, least_grade=1),
    Demand("Vườn Nhà", "longan", 30, 3, 21_500, ("chin_muon",), _VIETGAP,
           smallest_tonnes=5, cold_chain=True),
    Demand("Cửa Bắc", "longan", 60, 4, 22_000, market=Market.CN, smallest_tonnes=5),
    Demand("Trái Ngọt Phương Nam", "longan", 24, 2, 29_000, market=Market.US,
           needs=_VIETGAP, least_grade=1, cold_chain=True, deposit_pct=20),
    # Nobody holds what it asks for.
    Demand("Hoa Gạo", "longan", 20, 2, 24_000,
           needs=_needs(CertificateScheme.GLOBALGAP)),
    Demand("Tây Bắc", "longan", 40, 4, 18_500, least_grade=0, show_price=True),
    Demand("Cửa Bắc", "mango", 30, 3, 15_000, market=Market.CN),
    Demand("Sấy Mộc", "mango", 40, 5, 11_500, least_grade=0, show_price=True),
    Demand("Tây Bắc", "pomelo", 20, 2, 19_000),
    Demand("Bếp Thảo Nguyên", "vegetable", 24, 6, 12_500,
           needs=_needs(CertificateScheme.SAFETY_COMMITMENT)),
    Demand("Rừng Chiều", "honey", 3, 2, 168_000, deposit_pct=10),
    Demand("Vườn Nhà", "mango_dried", 2, 2, 172_000, needs=_OCOP),
    Demand("Suối Bột", "cassava", 150, 5, 2_500, least_grade=0, show_price=True),
    Demand(TOAN_THANG, "maize", 30, 2, 7_000, least_grade=0),
)  # fmt: skip
PAUSED = Demand("Vườn Nhà", "mango", 10, 2, 15_000, needs=_VIETGAP)
DRAFT_OFFER = Demand("Hoa Gạo", "pomelo", 12, 2, 21_000, needs=_VIETGAP)
DRAFT_HARVEST = Supply(BAO_MINH, "pomelo", "dien", 18, 15_500)

# The supermarket's longan: four Mondays, the last after the VietGAP has ended.
LONGAN_TONNES, LONGAN_CEILING_VND = 12, 24_000
LONGAN_DAYS = ((-18, -14), (-11, -7), (-4, -1), (5, 9))
# Contracts that wait for signatures: (seller, product, tonnes, buyer signed).
TO_SIGN = ((BAO_MINH, "pomelo", 12, False), (TOAN_THANG, "mango_dried", 2, True))
