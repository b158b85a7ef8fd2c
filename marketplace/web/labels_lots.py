"""The words for what happens to lots; see `labels`."""

from __future__ import annotations

from flask import Flask
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from marketplace.domain.words_trace import LotStep
from marketplace.web.labels_papers import WORK, Labels

LOTS: Labels = {
    "StockState": {
        "here": _l("Đang có"),
        "held": _l("Bị giữ lại"),
        "gone": _l("Đã hết"),
    },
}
WORK["NoticeKind"] |= {
    "lot_sent": _l("Hàng gửi tới"),
    "lot_held": _l("Lô hàng bị giữ lại"),
}
# What people do, as their buttons say it; pages for strangers have words of law.
STEP_WORDS = {
    "harvest": _l("Hái"),
    "receive": _l("Nhận từ ngoài"),
    "sort": _l("Phân loại hàng"),
    "pack": _l("Đóng thùng"),
    "dry": _l("Sấy, chế biến"),
    "treat": _l("Xử lý hàng"),
    "store": _l("Trữ"),
    "ship": _l("Gửi"),
    "arrive": _l("Nhận hàng gửi tới"),
    "sell": _l("Bán lẻ"),
    "destroy": _l("Hủy hàng"),
}
STEP_ICONS = {
    "harvest": "plant-2",
    "receive": "download",
    "sort": "adjustments-horizontal",
    "pack": "package",
    "dry": "sun",
    "treat": "droplet",
    "store": "snowflake",
    "ship": "truck-delivery",
    "arrive": "checks",
    "sell": "basket",
    "destroy": "trash",
}


def doing(step: LotStep) -> LazyString:
    """The word for a step as whoever does it says it."""
    return STEP_WORDS[step.value]


def init_app(app: Flask) -> None:
    """Pages of lots say what people do."""
    app.jinja_env.globals["doing"] = doing
