"""Invented people, and the logins that are printed."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from marketplace.domain.actor import Role
from marketplace.domain.errors import N_

PASSWORD = "vuon nhan tren doi"  # noqa: S105 - printed on purpose

_FAMILY = ("Lò", "Cà", "Quàng", "Lường", "Tòng", "Vì", "Hoàng", "Nguyễn", "Trần", "Đỗ")
_MIDDLE = ("Văn", "Thị", "Minh", "Thanh", "Quang", "Ngọc", "Xuân", "Hồng", "Đức", "Thu")
_GIVEN = (
    "An", "Bình", "Chung", "Diệp", "Giang", "Hà", "Hân", "Khánh", "Lâm", "Liên", "Mai",
    "Nam", "Ngân", "Oanh", "Phong", "Quyên", "Sơn", "Thảo", "Tuấn", "Uyên", "Vinh", "Yến",
)  # fmt: skip


def invent_name(rng: Random) -> str:
    """Family, middle and given name, each of its own list."""
    return " ".join(rng.choice(words) for words in (_FAMILY, _MIDDLE, _GIVEN))


def phone_of(number: int) -> str:
    """A number of the block 0900 000 000, which nobody is given."""
    return f"+84900{number:06d}"


@dataclass(frozen=True)
class Login:
    """One of the doors into the demo, as it is printed."""

    title: str
    organisation: str
    name: str
    email: str
    role: Role


DIRECTOR = Login(
    N_("Giám đốc hợp tác xã"), "HTX Bảo Minh", "Lò Minh Hân",
    "giamdoc@baominh.example.vn", Role.DIRECTOR,
)  # fmt: skip
STAFF = Login(
    N_("Nhân viên hợp tác xã"), "HTX Bảo Minh", "Cà Thị Ngân",
    "nhanvien@baominh.example.vn", Role.STAFF,
)  # fmt: skip
SECOND_DIRECTOR = Login(
    N_("Giám đốc hợp tác xã"), "HTX Toàn Thắng", "Quàng Văn Lâm",
    "giamdoc@toanthang.example.vn", Role.DIRECTOR,
)  # fmt: skip
BUYER = Login(
    N_("Người mua"), "Siêu thị Sao Xanh", "Trần Thu Giang",
    "thumua@saoxanh.example.vn", Role.BUYER,
)  # fmt: skip
BUYING_DIRECTOR = Login(
    N_("Giám đốc bên mua"), "Siêu thị Sao Xanh", "Đỗ Quang Vinh",
    "giamdoc@saoxanh.example.vn", Role.DIRECTOR,
)  # fmt: skip
OFFICER = Login(
    N_("Cán bộ quản lý"), "Cơ quan quản lý nông nghiệp Sông Mã", "Lường Ngọc Mai",
    "canbo1@songma.example.vn", Role.OFFICER,
)  # fmt: skip
SECOND_OFFICER = Login(
    N_("Cán bộ thứ hai"), "Cơ quan quản lý nông nghiệp Sông Mã", "Hoàng Đức Phong",
    "canbo2@songma.example.vn", Role.OFFICER,
)  # fmt: skip
PROVINCE_OFFICER = Login(
    N_("Cán bộ tỉnh"), "Cơ quan quản lý nông nghiệp Sông Mã", "Vì Hồng Thảo",
    "tinh@sonla.example.vn", Role.OFFICER,
)  # fmt: skip
ADMINISTRATOR = Login(
    N_("Quản trị"), "Cơ quan quản lý nông nghiệp Sông Mã", "Nguyễn Thanh Khánh",
    "quantri@songma.example.vn", Role.ADMINISTRATOR,
)  # fmt: skip

LOGINS = (
    DIRECTOR, STAFF, SECOND_DIRECTOR, BUYER, BUYING_DIRECTOR, OFFICER, SECOND_OFFICER,
    PROVINCE_OFFICER, ADMINISTRATOR,
)  # fmt: skip
