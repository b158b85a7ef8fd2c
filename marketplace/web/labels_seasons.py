"""The words for contracts of several seasons; see `labels`."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from marketplace.web.labels_papers import WORK, Labels

SEASONS: Labels = {
    "SeasonPlanState": {
        "proposed": _l("Chờ trả lời"),
        "agreed": _l("Hai bên đã đồng ý"),
        "refused": _l("Không đồng ý"),
        "withdrawn": _l("Đã rút lại"),
    },
    "SeasonStage": {
        "over": _l("Vụ đã qua"),
        "running": _l("Vụ đang chạy"),
        "ahead": _l("Chưa đến vụ"),
    },
}
SEASON_EVENTS = {
    "seasons_proposed": _l("Đề nghị ký nhiều vụ"),
    "seasons_agreed": _l("Đồng ý ký nhiều vụ"),
    "seasons_refused": _l("Không đồng ý ký nhiều vụ"),
    "seasons_withdrawn": _l("Rút lại đề nghị ký nhiều vụ"),
}
WORK["NoticeKind"] |= {
    "renewal_due": _l("Đến lúc bàn vụ tới"),
    "renewal_asked": _l("Bên kia muốn làm tiếp vụ tới"),
    "renewal_ended": _l("Bên kia thôi bàn vụ tới"),
    "seasons_proposed": _l("Đề nghị ký nhiều vụ"),
    "seasons_answered": _l("Trả lời đề nghị ký nhiều vụ"),
}
