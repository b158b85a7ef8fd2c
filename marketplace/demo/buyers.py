"""A dozen fictional firms that buy, and those that still wait to be verified."""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.domain.words import OrganisationKind


@dataclass(frozen=True)
class Firm:
    """A firm: its short name is the key by which plans speak of it."""

    short: str
    name: str
    kind: OrganisationKind
    commune: str
    street: str
    place: str  # where it takes delivery
    far_vnd: int  # what carrying a kilogram there costs, roughly
    safe: bool = True  # holds a food-safety certificate


_RETAILER, _EXPORTER = OrganisationKind.RETAILER, OrganisationKind.EXPORTER
_FIRM, _PROCESSOR = OrganisationKind.ENTERPRISE, OrganisationKind.PROCESSOR

SAO_XANH = "Sao Xanh"
FIRMS = (
    Firm(SAO_XANH, "Siêu thị Sao Xanh", _RETAILER, "Thành phố Hà Nội",
         "12 Phố Mẫu", "Kho Đông Anh, Hà Nội", 1300),
    Firm("Tây Bắc", "Công ty Trái cây Tây Bắc", _FIRM, "Phường Chiềng An",
         "Tổ 3", "Trạm gom Chiềng An", 600),
    Firm("Cửa Bắc", "Công ty Xuất khẩu Nông sản Cửa Bắc", _EXPORTER, "Tỉnh Lạng Sơn",
         "Khu kho số 5", "Kho Đồng Đăng, Lạng Sơn", 1900),
    Firm("Hoa Gạo", "Siêu thị Hoa Gạo", _RETAILER, "Thành phố Đà Nẵng",
         "88 Đường Mẫu", "Kho Hòa Khánh, Đà Nẵng", 3200),
    Firm("Vườn Nhà", "Chuỗi cửa hàng Vườn Nhà", _RETAILER, "Thành phố Hà Nội",
         "Số 4 Ngõ Mẫu", "Kho Hà Đông, Hà Nội", 1300),
    Firm("Trái Ngọt Phương Nam", "Công ty Xuất khẩu Trái Ngọt Phương Nam", _EXPORTER,
         "Thành phố Hồ Chí Minh", "Lô B7", "Nhà đóng gói Củ Chi, TP. Hồ Chí Minh", 5600),
    Firm("Đồi Gió", "Công ty Nông sản Đồi Gió", _FIRM, "Thành phố Hải Phòng",
         "Tổ 9", "Kho Đình Vũ, Hải Phòng", 1700),
    Firm("Sấy Mộc", "Công ty Chế biến Sấy Mộc", _PROCESSOR, "Tỉnh Hưng Yên",
         "Cụm công nghiệp Mẫu", "Nhà máy Sấy Mộc, Hưng Yên", 1400),
    Firm("Bếp Thảo Nguyên", "Công ty Bếp Thảo Nguyên", _FIRM, "Phường Tô Hiệu",
         "Tổ 1", "Bếp trung tâm Tô Hiệu", 600),
    Firm("Rừng Chiều", "Công ty Mật ong Rừng Chiều", _FIRM, "Thành phố Hà Nội",
         "Số 21 Phố Mẫu", "Xưởng chiết rót Gia Lâm, Hà Nội", 1300),
    Firm("Suối Bột", "Công ty Chế biến Suối Bột", _PROCESSOR, "Xã Mai Sơn",
         "Bản Mẫu", "Nhà máy Suối Bột, Mai Sơn", 400),
    Firm("Hạt Vàng", "Công ty Thức ăn chăn nuôi Hạt Vàng", _FIRM, "Tỉnh Phú Thọ",
         "Khu công nghiệp Mẫu", "Kho Việt Trì, Phú Thọ", 1100, safe=False),
    Firm("Lá Xanh Đông", "Công ty Lá Xanh Đông", _FIRM, "Thị trấn Sông Mã, huyện Sông Mã",
         "Tổ 2", "Kho Lá Xanh Đông, Sông Mã", 300),
)  # fmt: skip
# Joined the cooperative Lá Xanh later, as its branch.
BRANCH, ITS_HEAD = "Lá Xanh Đông", "Lá Xanh"


@dataclass(frozen=True)
class Waiting:
    """An applicant in the officers' queue since so many days."""

    name: str
    kind: OrganisationKind
    commune: str
    days: int
    change: str = ""  # what an officer has asked for


_COOPERATIVE = OrganisationKind.COOPERATIVE
QUEUE = (
    Waiting("HTX Dược liệu Núi Sương", _COOPERATIVE, "Xã Nậm Ty, huyện Sông Mã", 3),
    Waiting("HTX Nông nghiệp Bản Phiêng", _COOPERATIVE, "Xã Mường Lầm, huyện Sông Mã", 2),
    Waiting("HTX Nông nghiệp Pá Non", _COOPERATIVE, "Xã Chiềng Cang, huyện Sông Mã", 4),
    Waiting("HTX Rau Nậm Lúa", _COOPERATIVE, "Xã Nậm Ty, huyện Sông Mã", 3),
    Waiting("Siêu thị Mái Đình", _RETAILER, "Tỉnh Ninh Bình", 2),
    Waiting("HTX Chăn nuôi Đồi Cỏ", _COOPERATIVE, "Xã Mường Hung, huyện Sông Mã", 1),
    Waiting("Công ty Xuất khẩu Bến Thuyền", _EXPORTER, "Tỉnh Quảng Ninh", 1),
    Waiting("HTX Cây ăn quả Khe Trong", _COOPERATIVE, "Xã Huổi Một, huyện Sông Mã", 6,
            "Thiếu danh sách thành viên có chữ ký. Bổ sung rồi gửi lại"),
)  # fmt: skip
