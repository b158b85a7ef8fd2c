"""The words for boxes, their codes, and what happens to lots; see `labels`."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from forms.box_reports import WORDS
from marketplace.web.labels_papers import WORK, Labels

CODES: Labels = {
    "LotStep": {
        "harvest": _l("Thu hoạch"),
        "receive": _l("Nhận hàng mua ngoài"),
        "sort": _l("Chọn và phân loại"),
        "pack": _l("Đóng gói, đóng thùng"),
        "dry": _l("Sấy hoặc chế biến"),
        "treat": _l("Xử lý sau thu hoạch"),
        "store": _l("Bảo quản"),
        "ship": _l("Xuất hàng"),
        "arrive": _l("Đã nhận hàng"),
        "sell": _l("Bán cho người tiêu dùng"),
        "destroy": _l("Tiêu hủy"),
    },
    "PackLevel": {
        "unit": _l("Gói, hộp bán lẻ"),
        "case": _l("Thùng"),
        "pallet": _l("Kiện"),
    },
    "LabelFormat": {
        "stickers_24": _l("24 tem trên giấy A4"),
        "stickers_10": _l("10 tem trên giấy A4"),
        "box": _l("Nhãn thùng 100 × 150 mm"),
        "pallet": _l("Nhãn kiện"),
    },
    "BoxVerdict": {
        "right": _l("Đúng hồ sơ"),
        "incomplete": _l("Chưa đủ hồ sơ"),
        "past": _l("Quá ngày nên dùng"),
        "held": _l("Lô đang bị giữ lại"),
        "recalled": _l("Lô đang bị thu hồi"),
        "destroyed": _l("Lô đã tiêu hủy"),
        "void": _l("Lô không còn giá trị"),
    },
    "BoxGap": {
        "origin": _l("nguồn gốc của một phần hàng"),
        "papers": _l("giấy chứng nhận còn hạn vào ngày hái"),
        "diary": _l("nhật ký phun thuốc của vườn"),
    },
    "BoxComplaint": {one.value: words for one, words in WORDS.items()},
}
WORK["NoticeKind"]["box_reported"] = _l("Có người báo hàng không đúng")
