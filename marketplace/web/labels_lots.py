"""The words for what happens to lots; see `labels`."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from marketplace.web.labels_papers import WORK, Labels

LOTS: Labels = {
    "LotStep": {
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
    },
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
