"""An example row for each register, and the words that its columns know."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace.domain.register_sheets import Register, columns_of
from marketplace.services.catalogue import all_products
from marketplace.services.register_books import group_names
from marketplace.web.naming import name_of

_KINDS = (
    *("Hợp tác xã", "Liên hiệp hợp tác xã", "Tổ hợp tác", "Trang trại"),
    *("Hộ kinh doanh", "Doanh nghiệp", "Siêu thị", "Cơ sở chế biến"),
)
_SCHEMES = (
    *("VietGAP", "GlobalGAP", "Hữu cơ", "An toàn thực phẩm", "Cam kết"),
    *("OCOP", "HACCP", "ISO 22000"),
)
_MARKETS = ("Nội địa", "Trung Quốc", "Mỹ", "Úc", "New Zealand")
Legend = list[tuple[str, Sequence[str]]]


def example_of(register: Register, day: date) -> tuple[object, ...]:
    """A row as it may be filled in; every name and number is invented."""
    later = day + timedelta(days=365)
    return {
        Register.ORGANISATIONS: (
            *("Hợp tác xã Ví Dụ", "Hợp tác xã", "5599000010", "Xã Nà Nghịu", "Bản Mé"),
            *("0987 654 321", "htx@example.vn", 12, 500_000_000, 900_000_000, 35.5),
            *(day, "Lò Văn Mẫu"),
        ),
        Register.CODES: (
            *("VN-SLOR-0001", "Hợp tác xã Ví Dụ", "Nhãn", "Trung Quốc", 12.5),
            *("Xã Nà Nghịu", "Vùng nhãn bản Mé", day, later, day),
        ),
        Register.CERTIFICATES: (
            *("VietGAP", "VietGAP-TT-00-00-00-0000", "Hợp tác xã Ví Dụ"),
            *("Tổ chức chứng nhận Ví Dụ", "Nhãn", 12.5, "", day, later),
        ),
        Register.CHAINS: (
            *("An toàn", "Hợp tác xã Ví Dụ", "Nhãn", "Chuỗi nhãn Ví Dụ"),
            *("01/2026/XN-CATP", day, later),
        ),
    }[register]


def titles_of(register: Register) -> dict[str, str]:
    """Field -> what people call it."""
    return {one.field: _(one.title) for one in columns_of(register)}


def legend_of(session: Session, register: Register) -> Legend:
    """Lists of words for the second sheet of the template."""
    products = [name_of(one) for one in all_products(session)]
    legends: dict[Register, Legend] = {
        Register.ORGANISATIONS: [(_("Loại hình"), _KINDS)],
        Register.CODES: [
            (_("Cây trồng, sản phẩm"), products),
            (_("Thị trường"), _MARKETS),
        ],
        Register.CERTIFICATES: [
            (_("Loại chứng nhận"), _SCHEMES),
            (_("Cây trồng, sản phẩm"), products),
        ],
        Register.CHAINS: [
            (_("Loại chuỗi"), ("An toàn", "Phát triển sản phẩm")),
            (_("Nhóm sản phẩm"), group_names(session)),
        ],
    }
    return legends[register]
