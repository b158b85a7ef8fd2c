"""The words for plots and their overlaps; see `labels`."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from marketplace.web.labels_papers import Labels

PLOTS: Labels = {
    "PlotSource": {
        "typed": _l("Nhập tọa độ"),
        "drawn": _l("Vẽ trên bản đồ"),
        "walked": _l("Định vị tại từng góc"),
        "imported": _l("Nhập từ tệp"),
    },
    "OverlapState": {
        "found": _l("Máy phát hiện"),
        "looking": _l("Đang xem xét"),
        "settled": _l("Đã kết luận"),
    },
}
