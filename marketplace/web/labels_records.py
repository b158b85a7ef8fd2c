"""The words for track records; see `labels`."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from marketplace.web.labels_papers import Labels

RECORDS: Labels = {
    "FactKind": {
        "contract": _l("Hợp đồng đã kết thúc"),
        "fulfilment": _l("Giao đủ lượng đã hứa"),
        "on_time": _l("Giao đúng hẹn"),
        "quality": _l("Hàng đạt nghiệm thu"),
        "claim": _l("Khiếu nại"),
        "payment": _l("Trả tiền đúng hạn"),
        "answer": _l("Trả lời bên kia"),
        "majeure": _l("Bất khả kháng"),
    },
    "ContractEnd": {
        "kept": _l("giữ trọn"),
        "lapsed": _l("hết hạn khi chưa làm đủ"),
        "broken": _l("bỏ dở do tổ chức này"),
        "broken_by_other": _l("bỏ dở do bên kia"),
        "ended_early": _l("kết thúc sớm, không ai vi phạm"),
        "unclear": _l("vi phạm, chưa rõ của bên nào"),
    },
    "FactStanding": {
        "plain": _l("Được tính"),
        "contested": _l("Đang phản đối"),
        "upheld": _l("Vẫn tính sau phản đối"),
        "excluded": _l("Không tính"),
    },
}
