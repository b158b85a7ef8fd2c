"""The words for traces, holds and recalls; see `labels`."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from marketplace.web.labels_papers import Labels

RECALLS: Labels = {
    "Whereabout": {
        "stock": _l("Trong kho"),
        "on_the_way": _l("Đang trên đường"),
        "outside": _l("Đã giao ra ngoài sàn"),
        "sold": _l("Đã bán lẻ"),
        "destroyed": _l("Đã tiêu hủy"),
    },
    "RecallKind": {"hold": _l("Tạm giữ"), "recall": _l("Thu hồi hàng")},
    "RecallState": {
        "open": _l("Đang chờ trả lời"),
        "lifting": _l("Chờ cán bộ thứ hai"),
        "closed": _l("Đã gỡ lệnh"),
    },
}
RECALL_NOTICES = {
    "recall_opened": _l("Giữ lại, thu hồi hàng"),
    "recall_drill": _l("Diễn tập thu hồi"),
    "recall_late": _l("Quá hạn trả lời lệnh thu hồi"),
    "recall_answered": _l("Đã đủ trả lời lệnh thu hồi"),
    "recall_to_lift": _l("Lệnh thu hồi chờ cán bộ thứ hai"),
    "recall_closed": _l("Gỡ lệnh thu hồi"),
}
