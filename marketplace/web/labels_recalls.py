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
}
