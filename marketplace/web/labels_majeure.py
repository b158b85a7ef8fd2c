"""The words for force majeure; see `labels`."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from marketplace.web.labels_papers import WORK, Labels

MAJEURE: Labels = {
    "MajeureKind": {
        "flood": _l("Mưa lũ, ngập, sạt lở"),
        "drought": _l("Hạn hán"),
        "hail": _l("Mưa đá, giông lốc"),
        "frost": _l("Sương muối, rét hại"),
        "pest": _l("Sâu bệnh hại cây"),
        "epidemic": _l("Dịch bệnh"),
        "order": _l("Lệnh của cơ quan nhà nước"),
        "road_cut": _l("Đường bị cắt"),
        "other": _l("Việc khác"),
    },
    "MajeureState": {
        "notified": _l("Chờ trả lời"),
        "acknowledged": _l("Bên kia đã ghi nhận"),
        "contested": _l("Bên kia không đồng ý, chờ cán bộ"),
        "unanswered": _l("Quá giờ trả lời, chờ cán bộ"),
        "confirmed": _l("Cán bộ đã xác nhận"),
        "declined": _l("Cán bộ đã bác"),
        "withdrawn": _l("Đã rút lại"),
    },
}
EVENTS_OF_MAJEURE = {
    "majeure_given": _l("Báo bất khả kháng"),
    "majeure_withdrawn": _l("Rút báo bất khả kháng"),
    "majeure_acknowledged": _l("Ghi nhận bất khả kháng"),
    "majeure_contested": _l("Không đồng ý báo bất khả kháng"),
    "majeure_unanswered": _l("Báo bất khả kháng quá giờ trả lời"),
    "majeure_ended": _l("Báo hết bất khả kháng"),
    "majeure_confirmed": _l("Cán bộ xác nhận bất khả kháng"),
    "majeure_declined": _l("Cán bộ bác báo bất khả kháng"),
}

WORK["NoticeKind"] |= {
    "majeure_given": _l("Báo bất khả kháng"),
    "majeure_answered": _l("Trả lời báo bất khả kháng"),
    "majeure_contested": _l("Bất khả kháng chờ cán bộ"),
    "majeure_decided": _l("Cán bộ trả lời bất khả kháng"),
    "contract_fulfilled": _l("Hợp đồng đã thực hiện xong"),
}
