"""The public figures, each with what it means, where it comes from and when."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from marketplace.services.market_figures import dekad_chart, market_figures
from marketplace.web.access import public
from marketplace.web.clock import today
from marketplace.web.market_pages import chart_of
from models.database import transaction

bp = Blueprint("figures", __name__)

# Name, unit in words, and how the number is counted from the records.
DEFINITIONS = {
    "cooperatives": (
        _l("Hợp tác xã"),
        "",
        _l("Hợp tác xã đã xác minh, có trụ sở trong 9 xã của huyện Sông Mã cũ."),
    ),
    "members": (
        _l("Thành viên chính thức"),
        "",
        _l("Cộng số thành viên chính thức mà các hợp tác xã đó khai."),
    ),
    "charter_capital": (
        _l("Vốn điều lệ"),
        "",
        _l("Cộng vốn điều lệ mà các hợp tác xã đó khai."),
    ),
    "vietgap_cooperatives": (
        _l("Hợp tác xã có VietGAP"),
        "",
        _l("Tổ chức có ít nhất một giấy VietGAP đã xác minh và còn hạn hôm nay."),
    ),
    "vietgap_area": (
        _l("Diện tích trồng theo VietGAP"),
        _l("ha"),
        _l("Diện tích ghi trên các giấy đó. Đất có nhiều giấy chỉ tính một lần."),
    ),
    "vietgap_certified_area": (
        _l("Diện tích có giấy VietGAP"),
        _l("ha"),
        _l("Chỉ có số công bố. Hệ thống không tách được trồng theo và có giấy."),
    ),
    "vietgap_output": (
        _l("Sản lượng VietGAP một năm"),
        _l("tấn"),
        _l("Cộng sản lượng một năm ghi trên các giấy VietGAP còn hạn."),
    ),
    "export_codes": (
        _l("Mã số vùng trồng xuất khẩu"),
        "",
        _l("Mã đã xác minh, còn hiệu lực hôm nay, cho thị trường ngoài nước."),
    ),
    "export_codes_US": (_l("Mã cho thị trường Mỹ"), "", _l("Phần của số mã ở trên.")),
    "export_codes_CN": (
        _l("Mã cho thị trường Trung Quốc"),
        "",
        _l("Phần của số mã ở trên."),
    ),
    "export_codes_AU": (
        _l("Mã cho thị trường Úc và New Zealand"),
        "",
        _l("Phần của số mã ở trên."),
    ),
    "export_code_area": (
        _l("Diện tích có mã số vùng trồng"),
        _l("ha"),
        _l("Vườn có mã cho nhiều thị trường chỉ tính một lần."),
    ),
    "new_codes": (
        _l("Mã cấp mới"),
        "",
        _l("Chỉ có số công bố. Chưa rõ là mã trong nước hay xuất khẩu."),
    ),
    "ocop_products": (
        _l("Sản phẩm OCOP"),
        "",
        _l("Giấy OCOP từ 3 sao đã xác minh và còn hạn hôm nay."),
    ),
    "product_development": (
        _l("Chuỗi phát triển sản phẩm"),
        "",
        _l("Chuỗi đã công nhận và đạt đủ điều kiện hôm nay, tính lại mỗi đêm."),
    ),
    "safe_supply": (
        _l("Chuỗi cung ứng nông sản an toàn"),
        "",
        _l("Chuỗi có xác nhận của hai cán bộ và đạt đủ điều kiện hôm nay."),
    ),
}


@bp.get("/so-lieu", endpoint="public")
@public
def public_figures() -> ResponseReturnValue:
    """Every public number, counted and declared side by side, conflicts included."""
    with transaction(read_only=True) as session:
        chart = dekad_chart(session, today=today())
        return render_template(
            "market/figures.html",
            figures=market_figures(session, today()),
            definitions=DEFINITIONS,
            dekads=chart,
            chart=chart_of(chart),
            today=today(),
        )
