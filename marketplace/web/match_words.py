"""Words for the rules of the matcher and for what an offer may ask."""

from __future__ import annotations

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from marketplace.domain.words import CertificateScheme, Market
from marketplace.web.labels import LABELS, label

# Why another post did not fit, as in "12 khác thời gian".
LABELS["MatchRule"] = {
    "product": _l("khác sản phẩm"),
    "parties": _l("cùng một chủ"),
    "apart": _l("đã từ chối hoặc đang bàn"),
    "variety": _l("khác giống"),
    "transport": _l("quá xa"),
    "window": _l("khác thời gian"),
    "grade": _l("khác loại"),
    "papers": _l("thiếu giấy tờ"),
    "market": _l("thiếu mã số vùng trồng"),
    "quantity": _l("khác số lượng"),
    "suppliers": _l("đủ nhà cung cấp"),
    "price": _l("chưa có vùng giá chung"),
    "share": _l("đã đủ phần của một nhà cung cấp"),
    "competition": _l("mối hợp đã có người khác"),
    "demand": _l("đơn hợp đã đủ hàng từ chính bên mình"),
    "supply": _l("vụ hợp đã dành hết cho bên mình"),
}
LABELS["MatchTrigger"] = {
    "post": _l("Có bài đăng mới"),
    "night": _l("Chạy mỗi đêm"),
    "officer": _l("Cán bộ yêu cầu"),
    "command": _l("Chạy từ dòng lệnh"),
}


def requirement(name: str) -> str:
    """The name of a requirement bit for people: `AREA_CN`, `OCOP_3`, `VIETGAP`."""
    kind, _sep, rest = name.partition("_")
    if kind == "OCOP" and rest.isdigit():
        return str(_("OCOP từ %(stars)s sao", stars=rest))
    if kind in ("AREA", "PACKING"):
        market = label(Market[rest])
        if kind == "AREA":
            return str(_("mã số vùng trồng đi %(market)s", market=market))
        return str(_("mã cơ sở đóng gói đi %(market)s", market=market))
    if name in CertificateScheme.__members__:
        return str(label(CertificateScheme[name]))
    return name


def requirements(names: list[str]) -> str:
    """Several requirements in one line."""
    return ", ".join(requirement(name) for name in names)


def init_app(app: Flask) -> None:
    """Give the words to all templates of `app`."""
    app.jinja_env.globals.update(requirement=requirement, requirements=requirements)
