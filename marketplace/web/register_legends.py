"""An example row for each register, and the words that its columns know."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from marketplace.domain.register_sheets import Register, columns_of
from marketplace.services.catalogue import all_products
from marketplace.services.register_books import group_names
from marketplace.web.naming import name_of

KINDS = (
    _l("Hợp tác xã"),
    _l("Liên hiệp hợp tác xã"),
    _l("Tổ hợp tác"),
    _l("Trang trại"),
    _l("Hộ kinh doanh"),
    _l("Doanh nghiệp"),
    _l("Siêu thị"),
    _l("Cơ sở chế biến"),
)
SCHEMES = (
    *("VietGAP", "GlobalGAP", "OCOP", "HACCP", "ISO 22000"),
    _l("Hữu cơ"),
    _l("An toàn thực phẩm"),
    _l("Cam kết"),
)
MARKETS = (_l("Nội địa"), _l("Trung Quốc"), _l("Mỹ"), _l("Úc"), "New Zealand")
CHAINS = (_l("An toàn"), _l("Phát triển sản phẩm"))
Legend = list[tuple[str, Sequence[str]]]


def example_of(register: Register, day: date) -> tuple[object, ...]:
    """A row as it may be filled in; every name and number is invented."""
    later = day + timedelta(days=365)
    return {
        Register.ORGANISATIONS: (
            *(_("Hợp tác xã Ví Dụ"), _("Hợp tác xã"), "5599000010", _("Xã Nà Nghịu")),
            *("", "0987 654 321", "htx@example.vn", 12, 500_000_000, 900_000_000),
            *(35.5, day, _("Nguyễn Văn A")),
        ),
        Register.CODES: (
            *("VN-SLOR-0001", _("Hợp tác xã Ví Dụ"), _("Nhãn"), _("Trung Quốc"), 12.5),
            *(_("Xã Nà Nghịu"), _("Vùng nhãn Chiềng Khoong"), day, later, day),
        ),
        Register.CERTIFICATES: (
            *("VietGAP", "VietGAP-TT-00-00-00-0000", _("Hợp tác xã Ví Dụ")),
            *(_("Tổ chức chứng nhận Ví Dụ"), _("Nhãn"), 12.5, "", day, later),
        ),
        Register.CHAINS: (
            *(_("An toàn"), _("Hợp tác xã Ví Dụ"), _("Nhãn"), _("Chuỗi nhãn Ví Dụ")),
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
        Register.ORGANISATIONS: [(_("Loại hình"), _texts(KINDS))],
        Register.CODES: [
            (_("Cây trồng, sản phẩm"), products),
            (_("Thị trường"), _texts(MARKETS)),
        ],
        Register.CERTIFICATES: [
            (_("Loại chứng nhận"), _texts(SCHEMES)),
            (_("Cây trồng, sản phẩm"), products),
        ],
        Register.CHAINS: [
            (_("Loại chuỗi"), _texts(CHAINS)),
            (_("Nhóm sản phẩm"), group_names(session)),
        ],
    }
    return legends[register]


def _texts(words: Sequence[object]) -> list[str]:
    return [str(word) for word in words]
